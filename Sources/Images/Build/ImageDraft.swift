import CLinux
import Glibc
import Linux
import OCI

/// An image in the making: it has no manifest yet, and layers that the store keeps as long as somebody holds it.
package struct ImageDraft: Sendable {
    package var configuration: ImageConfiguration
    /// Of the manifest.
    package var annotations: [String: String] = [:]
    package private(set) var layers: [ContentDescriptor] = []

    /// Of nothing, or what is on `base`.
    package init(_ base: Image?, platform: Platform = .host) {
        configuration = base?.configuration ?? ImageConfiguration(platform: platform, config: .init(), layers: [])
        layers = base?.manifest.layers ?? []
    }

    package mutating func add(_ layer: NewLayer) {
        layers.append(layer.descriptor)
        configuration.rootfs.diffIDs.append(layer.diffID)
    }
}

extension ImageStore {
    /// The folders of the draft's layers, unpacked, the uppermost first.
    package func folders(of draft: ImageDraft) throws(ImageError) -> [String] {
        for (layer, diffID) in zip(draft.layers, draft.configuration.rootfs.diffIDs) {
            try unpack(layer, as: diffID, limits: LayerLimits())
        }
        return folders(of: draft.configuration.rootfs.diffIDs)
    }

    /// Makes a layer of what lies in `folder`, a writable layer of overlayfs. Hold the store.
    package func addLayer(
        of folder: String, compression: Compression, epoch: Int64?,
        leavingOut: @escaping (String) -> Bool = { _ in false }
    ) throws(ImageError) -> NewLayer {
        try prepare()
        return try putLayer(
            folder, compression: compression, epoch: epoch, isUpper: true, leavingOut: leavingOut)
    }

    /// What lies in `folder`, times aside, as one digest.
    package func contentDigest(of folder: String) throws(ImageError) -> Digest {
        let nowhere = try system { () throws(SystemCallError) in try FileDescriptor.open("/dev/null", flags: O_WRONLY) }
        let archive = try ArchiveWriter(nowhere, named: folder, compression: .none)
        var source = FolderArchive(folder)
        source.isUpper = true
        source.latest = 0
        try SubordinateUsers.asRoot { () throws(ImageError) in try source.write(to: archive) }
        return try archive.finish().plain
    }

    /// The digest of `bytes`.
    package static func digest(of bytes: [UInt8]) throws(ImageError) -> Digest { try SHA256.digest(of: bytes) }

    /// Whether the blob of `layer` is here.
    package func has(_ layer: NewLayer) -> Bool { has(layer.descriptor) }

    /// Makes the draft an image. Hold the store.
    package func finish(_ draft: ImageDraft, names: [Reference]) throws(ImageError) -> Image {
        var (manifest, _) = try putImage(
            draft.configuration, layers: draft.layers, annotations: draft.annotations, reference: nil)
        for name in names { try give(name, to: manifest) }
        if names.isEmpty {
            try keepNameless(manifest)
        } else {
            manifest.annotations = [Annotation.referenceName: names[0].description]
        }
        return try image(manifest)
    }
}
