/// A list of manifests, one a platform; also `index.json` of an OCI layout: image specification, "Image Index".
package struct ImageIndex: Hashable, Sendable, Codable {
    package var schemaVersion: Int = 2
    package var mediaType: String?
    package var manifests: [ContentDescriptor]
    package var annotations: [String: String]?

    package init(manifests: [ContentDescriptor], annotations: [String: String]? = nil) {
        mediaType = MediaType.index
        self.manifests = manifests
        self.annotations = annotations
    }
}

/// What an image for one platform is made of: image specification, "Image Manifest".
package struct ImageManifest: Hashable, Sendable, Codable {
    package var schemaVersion: Int = 2
    package var mediaType: String?
    package var config: ContentDescriptor
    /// The lowest first.
    package var layers: [ContentDescriptor]
    package var annotations: [String: String]?

    package init(config: ContentDescriptor, layers: [ContentDescriptor], annotations: [String: String]? = nil) {
        mediaType = MediaType.manifest
        self.config = config
        self.layers = layers
        self.annotations = annotations
    }
}

/// `oci-layout`: what says that a folder is an OCI layout.
package struct ImageLayoutMarker: Hashable, Sendable, Codable {
    package var imageLayoutVersion: String = "1.0.0"

    package init() {}
}
