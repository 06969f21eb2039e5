import Linux
import OCI

/// One image of the store: its name, where it has one, and what it says of itself.
package struct Image: Hashable, Sendable {
    /// As people write it; for an image whose name was given to another, `nil`.
    package internal(set) var reference: Reference?
    /// The manifest's digest: what the image is.
    package let digest: Digest
    package let manifest: ImageManifest
    package let configuration: ImageConfiguration

    /// The reference as people write it, else the digest.
    package var name: String { reference?.description ?? digest.description }

    /// Bytes of its blobs in the store, compressed layers included.
    package var size: Int64 {
        manifest.layers.reduce(manifest.config.size) { total, layer in
            let (sum, overflow) = total.addingReportingOverflow(layer.size)
            return overflow ? .max : sum
        }
    }

    /// When it was made, where it says so. Images made to be reproducible say 1970, which is no time either.
    package var created: Timestamp? {
        configuration.created.flatMap(Timestamp.init).flatMap { $0.nanoseconds == 0 ? nil : $0 }
    }

    /// Throws where its programs are for another system or processor than this one.
    package func requireHostPlatform() throws(ImageError) {
        guard configuration.os == Platform.host.os, configuration.architecture == Platform.host.architecture else {
            throw .wrongPlatform(image: name, configuration.platform)
        }
    }
}
