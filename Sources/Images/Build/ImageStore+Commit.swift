import CLinux
import Glibc
import Linux
import OCI

/// What `commit` is asked to make.
package struct CommitRequest: Sendable {
    /// Absent: the image has no name.
    package var name: Reference?
    package var author: String?
    package var message: String?
    /// As a Containerfile's step, in the image's history.
    package var createdBy = "boxtop commit"
    package var compression = Compression.gzip
    /// What becomes of how the image below wants to be run.
    package var change: @Sendable (inout ImageConfiguration.Process) -> Void = { _ in }
    /// Seconds since 1970 that all is dated, and no file is newer than; absent: now, and files as they are.
    package var epoch: Int64?

    package init(name: Reference? = nil) { self.name = name }
}

/// A layer made of a folder: what it is called compressed, and what uncompressed.
package struct NewLayer: Sendable, Hashable, Codable {
    package let descriptor: ContentDescriptor
    package let diffID: Digest
}

extension ImageStore {
    /// Makes an image of what lies in `folder`: a writable layer of overlayfs on the image `base`, or, without one, a
    /// whole root file system.
    ///
    /// - Parameter leavingOut: says of a path from the root whether it stays out.
    package func commit(
        folder: String, on base: Digest?, request: CommitRequest, leavingOut: @escaping (String) -> Bool
    ) throws(ImageError) -> Image {
        let adding = try lock(.adding)
        defer { _ = adding.number }
        let below: Image? = if let base { try image(of: base) } else { nil }
        let layer = try putLayer(
            folder, compression: request.compression, epoch: request.epoch, isUpper: base != nil,
            leavingOut: leavingOut)
        return try putImage(on: below, adding: layer, request: request)
    }

    /// The image whose manifest has the digest `manifest`, whether it still has a name or not.
    package func image(of manifest: Digest) throws(ImageError) -> Image {
        let descriptor = ContentDescriptor(
            mediaType: MediaType.manifest, digest: manifest, size: size(of: manifest))
        return try image(descriptor)
    }

    func putLayer(
        _ folder: String, compression: Compression, epoch: Int64?, isUpper: Bool,
        leavingOut: @escaping (String) -> Bool
    ) throws(ImageError) -> NewLayer {
        let blob = try NewBlob(in: self)
        let archive = try ArchiveWriter(blob.file, named: folder, compression: compression)
        var source = FolderArchive(folder)
        source.isUpper = isUpper
        source.latest = epoch
        source.isLeftOut = leavingOut
        try SubordinateUsers.asRoot { () throws(ImageError) in try source.write(to: archive) }
        let sums = try archive.finish()
        try blob.commit(as: sums.compressed, in: self)
        let layer = ContentDescriptor(
            mediaType: compression.mediaType, digest: sums.compressed, size: sums.compressedSize)
        try note(layer, as: sums.plain)
        return NewLayer(descriptor: layer, diffID: sums.plain)
    }

    /// Adds an image of `below` and one more layer, or none. Hold a lock for adding.
    func putImage(
        on below: Image?, adding layer: NewLayer?, request: CommitRequest
    ) throws(ImageError) -> Image {
        let created = (request.epoch.map { Timestamp(nanoseconds: UInt64(max(0, $0)) * 1_000_000_000) } ?? .now)
            .description
        var configuration =
            below?.configuration ?? ImageConfiguration(platform: .host, config: nil, layers: [], created: created)
        configuration.created = created
        if let author = request.author { configuration.author = author }
        var process = configuration.config ?? ImageConfiguration.Process()
        request.change(&process)
        configuration.config = process
        var step = ImageConfiguration.History(
            created: created, createdBy: request.createdBy, comment: request.message)
        step.author = request.author
        if layer == nil { step.emptyLayer = true }
        configuration.history = (configuration.history ?? []) + [step]
        var layers = below?.manifest.layers ?? []
        if let layer {
            layers.append(layer.descriptor)
            configuration.rootfs.diffIDs.append(layer.diffID)
        }
        let (manifest, _) = try putImage(configuration, layers: layers, reference: request.name)
        if request.name == nil { try keepNameless(manifest) }
        var named = manifest
        named.annotations = request.name.map { [Annotation.referenceName: $0.description] }
        return try image(named)
    }
}
