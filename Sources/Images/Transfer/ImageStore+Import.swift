import CLinux
import Glibc
import Linux
import OCI

extension ImageStore {
    /// Makes an image with one layer of a root file system: a tar archive, compressed or not, or a folder.
    ///
    /// It is unpacked at once, so that an archive that means harm never becomes an image.
    ///
    /// - Parameter options: how the address of an archive is spoken to.
    package func importRoot(
        _ request: ImportRequest, options: RegistryOptions = RegistryOptions(environment: [:])
    ) throws(ImageError) -> Image {
        try adding { () throws(ImageError) in try takeRoot(request, options) }
    }

    private func takeRoot(_ request: ImportRequest, _ options: RegistryOptions) throws(ImageError) -> Image {
        let blob = try NewBlob(in: self)
        let sums = try write(request, to: blob, options)
        try blob.commit(as: sums.compressed, in: self)
        let layer = ContentDescriptor(
            mediaType: request.compression.mediaType, digest: sums.compressed, size: sums.compressedSize)
        try note(layer, as: sums.plain)
        let created = Timestamp.now.description
        var configuration = ImageConfiguration(
            platform: .host, config: request.process, layers: [sums.plain], created: created)
        configuration.history = [
            .init(created: created, comment: request.message ?? "boxtop image import \(request.source)")
        ]
        let (manifest, _) = try putImage(configuration, layers: [layer], reference: nil)
        _ = try unpack(try image(manifest))
        guard let name = request.name else {
            try keepNameless(manifest)
            return try image(manifest)
        }
        try give(name, to: manifest)
        return try resolve(name.description)
    }

    private func write(
        _ request: ImportRequest, to blob: borrowing NewBlob, _ options: RegistryOptions
    ) throws(ImageError) -> ArchiveWriter.Sums {
        let source = request.source
        var status = stat()
        if source != "-", stat(source, &status) == 0, status.isFolder {
            let archive = try ArchiveWriter(blob.file, named: source, compression: request.compression)
            var folder = FolderArchive(source)
            try folder.write(to: archive)
            return try archive.finish()
        }
        guard !request.isAddress else {
            let fetched = try NewBlob(in: self)
            try Download.write(source, to: fetched.file, limit: LayerLimits().bytes, options: options)
            return try compress(fetched.file, request, to: blob)
        }
        return try compress(try Self.open(source), request, to: blob)
    }

    /// Writes the archive in `file` to `blob` as the layer that was asked for.
    private func compress(
        _ file: borrowing FileDescriptor, _ request: ImportRequest, to blob: borrowing NewBlob
    ) throws(ImageError) -> ArchiveWriter.Sums {
        let source = request.source
        var status = stat()
        // A pipe has no size; what it may become is bounded by the most that a layer may be.
        let limits = LayerLimits()
        let limit =
            fstat(file.number, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
            ? limits.bytes(uncompressing: Int64(status.st_size)) : limits.bytes
        let plain = try ArchiveReader(file, named: source, kind: .raw, limit: limit)
        let archive = try ArchiveWriter(blob.file, named: source, kind: .raw, compression: request.compression)
        try plain.forEachBlock { (bytes, _) throws(ImageError) in try archive.write(bytes) }
        return try archive.finish()
    }

    /// The file at `path`, or standard input for `-`; refused where there is nothing in it.
    static func open(_ path: String) throws(ImageError) -> FileDescriptor {
        let file = try system { () throws(SystemCallError) in
            path == "-" ? try FileDescriptor.standardInput() : try FileDescriptor.open(path)
        }
        if isEmpty(file) { throw .nothingToRead(path == "-" ? "standard input" : path) }
        return file
    }

    /// Waits for the first byte of a pipe, or its end.
    private static func isEmpty(_ file: borrowing FileDescriptor) -> Bool {
        if let status = try? file.status(), status.st_mode & S_IFMT == S_IFREG { return status.st_size == 0 }
        var waiter = pollfd(fd: file.number, events: Int16(POLLIN), revents: 0)
        return poll(&waiter, 1, -1) > 0 && waiter.revents & Int16(POLLIN) == 0
    }
}
