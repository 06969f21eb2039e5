import CLinux
import Glibc
import JSON
import Linux
import OCI

extension ImageStore {
    /// Writes the images that `names` mean to the file `target` (`-` for standard output) or, as `ociDirectory`, to the
    /// folder `target`, which is new, empty or a layout already.
    package func save(_ names: [String], to target: String, as format: SaveFormat) throws(ImageError) {
        // What is being written must not be pruned meanwhile.
        let adding = try lock(.adding)
        defer { _ = adding.number }
        var images: [Image] = []
        for name in names {
            var image = try resolve(name)
            // Who says a digest wants the image, not one of its names moved where the archive is loaded.
            let meant = try? Reference(name)
            let (found, isDigest) = (image.reference, meant?.digest != nil && meant?.digest != image.reference?.digest)
            if isDigest || meant?.registry != found?.registry || meant?.repository != found?.repository {
                image.reference = nil
            }
            images.append(image)
        }
        if format == .ociDirectory { return try saveLayout(images, to: target) }
        if target == "-" {
            let output = try system { () throws(SystemCallError) in try FileDescriptor.standardOutput() }
            return try write(images, to: output, as: format)
        }
        var archive = try system { () throws(SystemCallError) in try FileReplacement(of: target) }
        try write(images, to: archive.file, as: format)
        do throws(SystemCallError) { try archive.keep() } catch { throw .system(error) }
    }

    private func write(
        _ images: [Image], to file: borrowing FileDescriptor, as format: SaveFormat
    ) throws(ImageError) {
        let archive = try ArchiveWriter(file, named: "the archive", compression: .none)
        if format == .dockerArchive {
            try writeDocker(images, to: archive)
        } else {
            try writeLayout(images, to: archive)
        }
        _ = try archive.finish()
    }

    private func writeLayout(_ images: [Image], to archive: borrowing ArchiveWriter) throws(ImageError) {
        try write(try encode(ImageLayoutMarker()), as: "oci-layout", to: archive)
        try write(try encode(ImageIndex(manifests: images.map(entry))), as: "index.json", to: archive)
        // For whoever knows docker archives alone; layers stay compressed, as docker leaves them there.
        let manifests = images.map { image in
            DockerArchiveImage(
                config: Self.place(of: image.manifest.config.digest),
                repoTags: image.reference.map { [$0.description] },
                layers: image.manifest.layers.map { Self.place(of: $0.digest) })
        }
        try write(try encode(manifests), as: "manifest.json", to: archive)
        for folder in ["blobs/", "blobs/sha256/"] {
            try archive.begin(Array(folder.utf8), type: S_IFDIR, permissions: 0o755, seconds: 0)
        }
        for blob in blobs(of: images) {
            let file = try open(blob)
            try archive.begin(
                Array(Self.place(of: blob.digest).utf8), type: S_IFREG, permissions: 0o644, size: blob.size, seconds: 0)
            try archive.copy(blob.size, from: file, path: path(of: blob.digest))
        }
    }

    /// Where a blob lies in a layout.
    private static func place(of digest: Digest) -> String { "blobs/sha256/\(digest.hex)" }

    /// An image's entry in the index of a layout, with its name for podman and skopeo, and for containerd and docker.
    private func entry(_ image: Image) -> ContentDescriptor {
        var annotations: [String: String] = [:]
        if let reference = image.reference {
            annotations = [
                Annotation.referenceName: reference.description, Annotation.containerdName: reference.canonical,
            ]
        }
        return ContentDescriptor(
            mediaType: image.manifest.mediaType ?? MediaType.manifest, digest: image.digest,
            size: size(of: image.digest), annotations: annotations.isEmpty ? nil : annotations,
            platform: image.configuration.platform)
    }

    /// All blobs of `images`, each once, sorted.
    private func blobs(of images: [Image]) -> [ContentDescriptor] {
        var blobs: [Digest: ContentDescriptor] = [:]
        for image in images {
            for blob in [entry(image), image.manifest.config] + image.manifest.layers { blobs[blob.digest] = blob }
        }
        return blobs.values.sorted { $0.digest < $1.digest }
    }

    private func write(
        _ bytes: [UInt8], as name: String, to archive: borrowing ArchiveWriter
    ) throws(ImageError) {
        try archive.begin(
            Array(name.utf8), type: S_IFREG, permissions: 0o644, size: Int64(bytes.count), seconds: 0)
        try archive.write(bytes)
    }

    private func writeDocker(_ images: [Image], to archive: borrowing ArchiveWriter) throws(ImageError) {
        var manifests: [DockerArchiveImage] = []
        var written: Set<Digest> = []
        for image in images {
            let config = "\(image.manifest.config.digest.hex).json"
            if written.insert(image.manifest.config.digest).inserted {
                try write(try documentBytes(image.manifest.config), as: config, to: archive)
            }
            for (layer, diffID) in zip(image.manifest.layers, image.configuration.rootfs.diffIDs)
            where written.insert(diffID).inserted {
                try writeUncompressed(layer, diffID, to: archive)
            }
            manifests.append(
                DockerArchiveImage(
                    config: config, repoTags: image.reference.map { [$0.description] },
                    layers: image.configuration.rootfs.diffIDs.map { "\($0.hex).tar" }))
        }
        try write(try encode(manifests), as: "manifest.json", to: archive)
    }

    /// A docker archive has its layers plain, and says their size first: they are uncompressed into a file on the way.
    private func writeUncompressed(
        _ layer: ContentDescriptor, _ diffID: Digest, to archive: borrowing ArchiveWriter
    ) throws(ImageError) {
        let blob = try open(layer)
        let plain = try NewBlob(in: self)
        let reader = try ArchiveReader(
            blob, named: "layer \(layer.digest.short)", kind: .raw, limit: limit(of: layer))
        try reader.forEachBlock { (bytes, _) throws(ImageError) in try plain.write(bytes) }
        let (found, size) = try reader.finish()
        try require(found, diffID, of: layer)
        let number = plain.file.number
        try system { () throws(SystemCallError) in try systemCall("read", plain.path) { lseek(number, 0, SEEK_SET) } }
        try archive.begin(
            Array("\(diffID.hex).tar".utf8), type: S_IFREG, permissions: 0o644, size: size, seconds: 0)
        try archive.copy(size, from: plain.file, path: plain.path)
    }

    private func saveLayout(_ images: [Image], to target: String) throws(ImageError) {
        if !Files.exists("\(target)/oci-layout"), let names = try? Files.names(in: target), !names.isEmpty {
            throw .unsuitable(target, reason: "it is neither empty nor an OCI layout")
        }
        let other = ImageStore(root: target)
        try system { () throws(SystemCallError) in try Files.makeDirectories(other.blobs) }
        for blob in blobs(of: images) where !other.has(blob) {
            let file = try open(blob)
            try other.copyIn(file, as: blob)
        }
        var index = try other.readIndex()
        for image in images {
            let new = entry(image)
            let name = new.annotations?[Annotation.referenceName]
            index.manifests.removeAll {
                name == nil
                    ? $0.digest == new.digest && $0.annotations == nil
                    : $0.annotations?[Annotation.referenceName] == name
            }
            index.manifests.append(new)
        }
        try other.write(ImageLayoutMarker(), to: "\(target)/oci-layout")
        try other.write(index, to: other.indexPath)
    }

    /// Writes `file` as the blob that `blob` describes into a layout that is not this program's store.
    private func copyIn(_ file: borrowing FileDescriptor, as blob: ContentDescriptor) throws(ImageError) {
        let path = path(of: blob.digest)
        var copy = try system { () throws(SystemCallError) in try FileReplacement(of: path, mode: 0o644) }
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        while true {
            let number = file.number
            let got = try system { () throws(SystemCallError) in
                try systemCall("read", path) { read(number, &buffer, buffer.count) }
            }
            if got == 0 { break }
            let piece = buffer[..<got]
            do throws(SystemCallError) { try copy.file.write(piece) } catch { throw ImageError.system(error) }
        }
        do throws(SystemCallError) { try copy.keep() } catch { throw .system(error) }
    }
}
