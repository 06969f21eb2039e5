import CArchive
import CLinux
import Glibc
import Linux

/// A whole root file system as a tar archive.
package enum RootArchive {
    /// Writes the folder at `path` to `target`, uncompressed; other file systems mounted in it stay out.
    package static func write(_ path: String, to target: borrowing FileDescriptor) throws(ImageError) {
        let archive = try ArchiveWriter(target, named: "the archive", compression: .none)
        try SubordinateUsers.asRoot { () throws(ImageError) in
            var folder = FolderArchive(path)
            try folder.write(to: archive)
        }
        _ = try archive.finish()
    }

    /// Whether `file` is a tar archive, compressed or not; its offset is where it was.
    package static func isTar(_ file: borrowing FileDescriptor) -> Bool {
        defer { lseek(file.number, 0, SEEK_SET) }
        guard let archive = try? ArchiveReader(file, named: "a file", limit: LayerLimits().bytes),
            let entry = try? archive.next()
        else { return false }
        return strlen(entry.path) > 0
    }

    /// Unpacks the tar archive `file` into the empty folder `path`, as a layer is: nothing is written outside.
    ///
    /// - Parameter isStream: its size says nothing, as a pipe's does; the most that any layer may hold bounds it.
    package static func unpack(
        _ file: borrowing FileDescriptor, named name: String, into path: String, isStream: Bool = false
    ) throws(ImageError) {
        var status = stat()
        guard fstat(file.number, &status) == 0 else { throw .system(SystemCallError("read", name, errno: .current)) }
        var limits = LayerLimits()
        if !isStream { limits.bytes = limits.bytes(uncompressing: Int64(status.st_size)) }
        let archive = try ArchiveReader(file, named: name, limit: limits.bytes)
        try LayerUnpacker.unpack(archive, into: path, limits: limits)
    }
}
