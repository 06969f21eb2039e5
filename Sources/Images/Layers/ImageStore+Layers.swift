import CLinux
import Glibc
import Linux
import OCI

extension ImageStore {
    /// Unpacks the layers of `image` that are not yet, and gives the folders of all, the uppermost first, as overlayfs
    /// takes them for `lowerdir`.
    ///
    /// Each archive must have the digest that the configuration promises. A folder is there whole or not at all, however
    /// this is interrupted; two processes that unpack the same layer wait for each other.
    package func unpack(_ image: Image, limits: LayerLimits = LayerLimits()) throws(ImageError) -> [String] {
        let promised = try promisedLayers(image)
        let folders = folders(of: promised.map(\.diffID))
        if promised.allSatisfy({ isVerified($0.layer, as: $0.diffID) }), folders.allSatisfy(Files.exists) {
            return folders
        }
        // Nobody may prune what is being made.
        let adding = try lock(.adding)
        defer { _ = adding.number }
        for (layer, diffID) in promised { try unpack(layer, as: diffID, limits: limits) }
        return folders
    }

    /// Unpacks the layer `index` of `image` where it is not yet. Hold a lock for adding; the image must be whole.
    func unpackLayer(_ index: Int, of image: Image, limits: LayerLimits = LayerLimits()) throws(ImageError) {
        try unpack(image.manifest.layers[index], as: image.configuration.rootfs.diffIDs[index], limits: limits)
    }

    /// Where the layer whose uncompressed archive has the digest `diffID` is unpacked. Without a colon, which ends a
    /// folder's name in the options of an overlay mount.
    package func layerPath(_ diffID: Digest) -> String { "\(layers)/\(diffID.hex)" }

    /// The folders of the layers `diffIDs`, which begin with the lowest; the uppermost first, each once: overlayfs refuses
    /// one that comes again, and all that it holds is covered by where it comes last.
    func folders(of diffIDs: [Digest]) -> [String] {
        var seen: Set<Digest> = []
        return diffIDs.reversed().filter { seen.insert($0).inserted }.map(layerPath)
    }

    func unpack(
        _ layer: ContentDescriptor, as diffID: Digest, limits: LayerLimits
    ) throws(ImageError) {
        let target = layerPath(diffID)
        while !Files.exists(target) {
            let partial = "\(layers)/.\(diffID.hex).partial"
            try system { () throws(SystemCallError) in try Files.makeDirectories(partial, mode: 0o755) }
            guard let folder = try lockedFolder(partial) else { continue }
            // What a killed process left half-made.
            for name in try system({ () throws(SystemCallError) in try Files.names(in: partial) }) {
                try system { () throws(SystemCallError) in try Files.removeTree("\(partial)/\(name)") }
            }
            do throws(ImageError) {
                try fill(partial, from: layer, promised: diffID, limits: limits)
            } catch {
                try? Files.removeTree(partial)
                throw error
            }
            let number = folder.number
            try system { () throws(SystemCallError) in
                // The bytes first: after a power cut a folder with its final name must not hold empty files.
                try systemCall("flush", partial) { clinux_syncfs(number) }
                try systemCall("rename", partial) { rename(partial, target) }
            }
        }
        // One that is here may be of another blob.
        try verify(layer, as: diffID, limits: limits)
    }

    /// The folder `path` under an exclusive lock; `nil` where another process has renamed or removed it meanwhile.
    ///
    /// - Parameter isPatient: waits for who has it; else throws.
    func lockedFolder(_ path: String, isPatient: Bool = true) throws(ImageError) -> FileDescriptor? {
        let opened = clinux_openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0)
        guard opened >= 0 else {
            let reason = Errno.current
            if reason == .noSuchFile { return nil }
            throw .system(SystemCallError("open", path, errno: reason))
        }
        let folder = FileDescriptor(owning: opened)
        let number = folder.number
        try system { () throws(SystemCallError) in
            try systemCall("lock", path) { flock(number, LOCK_EX | (isPatient ? 0 : LOCK_NB)) }
        }
        var (held, there) = (stat(), stat())
        guard fstat(folder.number, &held) == 0, lstat(path, &there) == 0, held.st_ino == there.st_ino else {
            return nil
        }
        return folder
    }

    private func fill(
        _ folder: String, from layer: ContentDescriptor, promised: Digest, limits: LayerLimits
    ) throws(ImageError) {
        let blob = try open(layer)
        var limits = limits
        limits.bytes = limit(of: layer, limits)
        let archive = try ArchiveReader(blob, named: "layer \(layer.digest.short)", limit: limits.bytes)
        try LayerUnpacker.unpack(archive, into: folder, limits: limits)
        try require(try archive.finish().digest, promised, of: layer)
        try note(layer, as: promised)
    }
}
