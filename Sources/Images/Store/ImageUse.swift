import OCI

/// What containers have of a store: none of it goes before they do.
package struct ImageUse: Hashable, Sendable {
    /// Manifests of the images that containers were made from, and one container of each.
    package var images: [Digest: String] = [:]
    /// Names of the unpacked layers that containers' root file systems lie on: the records have them, so that they stay
    /// whatever has become of the images' documents.
    package private(set) var layers: Set<String> = []

    package init(images: [Digest: String] = [:]) { self.images = images }

    /// Notes that a container's root file system lies on `folders`.
    package mutating func add(folders: [String]) {
        for folder in folders { if let name = folder.split(separator: "/").last { layers.insert(String(name)) } }
    }
}
