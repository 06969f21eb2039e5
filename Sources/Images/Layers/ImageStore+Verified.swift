import Glibc
import Linux
import OCI

/// What each layer's blob is uncompressed, as this store has found out itself. A configuration only claims it: one that
/// names another image's layer would get that layer's files, whatever its own blob holds.
extension ImageStore {
    /// A symbolic link a blob, whose text is the digest of what it is uncompressed.
    var verified: String { "\(root)/verified" }

    private func note(of blob: Digest) -> String { "\(verified)/\(blob.hex)" }

    /// The digest of the uncompressed `blob`, where that is known.
    private func plainDigest(of blob: Digest) -> String? {
        var buffer = [CChar](repeating: 0, count: 128)
        let count = readlink(note(of: blob), &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }

    /// Whether `layer` is known to have the digest `diffID` uncompressed.
    func isVerified(_ layer: ContentDescriptor, as diffID: Digest) -> Bool {
        plainDigest(of: layer.digest) == diffID.hex
    }

    /// Notes that `layer` has the digest `diffID` uncompressed, as has just been seen.
    func note(_ layer: ContentDescriptor, as diffID: Digest) throws(ImageError) {
        if isVerified(layer, as: diffID) { return }
        let path = note(of: layer.digest)
        unlink(path)
        // Somebody else who notes it meanwhile has seen the same.
        if symlink(diffID.hex, path) != 0, Errno.current != .exists {
            throw .system(SystemCallError("write", path, errno: .current))
        }
    }

    /// Throws where `layer` has not the digest `diffID` uncompressed; read through for that once, when first asked.
    func verify(
        _ layer: ContentDescriptor, as diffID: Digest, limits: LayerLimits = LayerLimits()
    ) throws(ImageError) {
        if isVerified(layer, as: diffID) { return }
        let blob = try open(layer)
        let archive = try ArchiveReader(
            blob, named: "layer \(layer.digest.short)", kind: .raw, limit: limit(of: layer, limits))
        try require(try archive.finish().digest, diffID, of: layer)
        try note(layer, as: diffID)
    }

    func require(_ found: Digest, _ promised: Digest, of layer: ContentDescriptor) throws(ImageError) {
        guard found == promised else {
            throw .wrongDigest("layer \(layer.digest.short), uncompressed,", expected: promised, found: found)
        }
    }

    /// The most that `layer` may become uncompressed. One that this store has made or seen whole is no bomb, however much
    /// it grows.
    func limit(of layer: ContentDescriptor, _ limits: LayerLimits = LayerLimits()) -> Int64 {
        plainDigest(of: layer.digest) == nil ? limits.bytes(uncompressing: layer.size) : limits.bytes
    }

    /// The layers of `image`, each with the digest that its configuration promises.
    func promisedLayers(_ image: Image) throws(ImageError) -> [(layer: ContentDescriptor, diffID: Digest)] {
        let (layers, promised) = (image.manifest.layers, image.configuration.rootfs.diffIDs)
        guard promised.count == layers.count else {
            throw .damaged(image.name, reason: "it has \(layers.count) layers and digests for \(promised.count)")
        }
        return zip(layers, promised).map { (layer: $0, diffID: $1) }
    }
}
