import CLinux
import Glibc
import Linux

/// Writes a folder as a layer's archive: owners, permissions, times, links and file capabilities as they are.
///
/// Sorted, so that the same folder gives the same bytes. Other file systems mounted in it, devices and sockets stay out.
/// It goes down by open folders and follows no link, so that nobody who changes the folder meanwhile gets files of the
/// host into the archive; what is no longer what it was stays out.
struct FolderArchive {
    private let root: String
    private var device: dev_t = 0
    /// Files with several names, by their first in the archive.
    private var linked: [ino_t: [UInt8]] = [:]
    /// It is the writable layer of an overlay: what that says is gone becomes a whiteout of the image specification.
    var isUpper = false
    /// Seconds since 1970 that no file is newer than.
    var latest: Int64?
    /// Says of a path from the root (`/a/b`) whether it stays out.
    var isLeftOut: (String) -> Bool = { _ in false }

    init(_ path: String) { root = path }

    mutating func write(to archive: borrowing ArchiveWriter) throws(ImageError) {
        let folder = try system { () throws(SystemCallError) in
            try FileDescriptor.open(root, flags: O_RDONLY | O_DIRECTORY)
        }
        device = try system { () throws(SystemCallError) in try folder.status().st_dev }
        try writeContents(of: folder, at: [], to: archive, depth: 0)
    }

    private mutating func writeContents(
        of folder: borrowing FileDescriptor, at place: [UInt8], to archive: borrowing ArchiveWriter, depth: Int
    ) throws(ImageError) {
        guard depth < 500 else { throw .unsuitable(text(place), reason: "folders lie more than 500 deep") }
        if isUpper, isOpaque(folder) { try writeMark(Array(".wh..wh..opq".utf8), in: place, to: archive) }
        for name in try names(in: folder, place) {
            let path = Self.joined(place, name)
            guard let status = try? folder.status(of: name) else { continue }
            if isLeftOut("/\(String(decoding: path, as: UTF8.self))") { continue }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: try writeFolder(name, in: folder, at: path, status, to: archive, depth: depth)
            case S_IFREG: try writeFile(name, in: folder, at: path, status, to: archive)
            case S_IFLNK:
                guard let target = try? folder.link(named: name) else { continue }
                try begin(path, status, in: archive, link: target)
            case S_IFIFO: try begin(path, status, in: archive)
            default:
                if isUpper, status.isWhiteout { try writeMark(Array(".wh.".utf8) + name, in: place, to: archive) }
            }
        }
    }

    private mutating func writeFolder(
        _ name: [UInt8], in folder: borrowing FileDescriptor, at path: [UInt8], _ status: stat,
        to archive: borrowing ArchiveWriter, depth: Int
    ) throws(ImageError) {
        let entry = path + [UInt8(ascii: "/")]
        // What is mounted here, whose files stay out, need not even be readable.
        guard status.st_dev == device else { return try begin(entry, status, in: archive) }
        guard let inside = try open(name, in: folder, at: path, flags: O_RDONLY | O_DIRECTORY) else { return }
        let status = try system { () throws(SystemCallError) in try inside.status() }
        try begin(entry, status, in: archive, attributes: inside.attributes())
        if status.st_dev == device { try writeContents(of: inside, at: path, to: archive, depth: depth + 1) }
    }

    private mutating func writeFile(
        _ name: [UInt8], in folder: borrowing FileDescriptor, at path: [UInt8], _ status: stat,
        to archive: borrowing ArchiveWriter
    ) throws(ImageError) {
        if status.st_nlink > 1, let first = linked[status.st_ino] {
            return try begin(path, status, in: archive, type: 0, link: first)
        }
        // What was a file may be a pipe by now, which must not make us wait.
        guard let file = try open(name, in: folder, at: path, flags: O_RDONLY | O_NONBLOCK) else { return }
        let status = try system { () throws(SystemCallError) in try file.status() }
        guard status.st_mode & S_IFMT == S_IFREG else { return }
        if status.st_nlink > 1 { linked[status.st_ino] = path }
        let size = Int64(status.st_size)
        try begin(path, status, in: archive, size: size, attributes: file.attributes())
        try archive.copy(size, from: file, path: text(path))
    }

    private func begin(
        _ path: [UInt8], _ status: stat, in archive: borrowing ArchiveWriter, type: mode_t? = nil, size: Int64 = 0,
        link: [UInt8]? = nil, attributes: [FileAttribute] = []
    ) throws(ImageError) {
        let kind = status.st_mode & S_IFMT
        try archive.begin(
            path, type: type ?? kind, permissions: kind == S_IFLNK ? 0o777 : status.st_mode & 0o7777, size: size,
            link: link, owner: Self.owner(status),
            seconds: min(Int64(status.st_mtim.tv_sec), latest ?? .max),
            attributes: attributes.map { ($0.name, $0.value) })
    }

    /// Whoever keeps images without root's rights is root in them.
    private static func owner(_ status: stat) -> (uid: uid_t, gid: gid_t) {
        (status.st_uid == geteuid() ? 0 : status.st_uid, status.st_gid == getegid() ? 0 : status.st_gid)
    }

    /// An empty file that says something of the folder's other names: image specification, "Whiteouts".
    private func writeMark(_ name: [UInt8], in place: [UInt8], to archive: borrowing ArchiveWriter) throws(ImageError) {
        try archive.begin(Self.joined(place, name), type: S_IFREG, permissions: 0o644, seconds: latest ?? 0)
    }

    private func names(in folder: borrowing FileDescriptor, _ place: [UInt8]) throws(ImageError) -> [[UInt8]] {
        do throws(SystemCallError) { return try folder.names() } catch {
            throw .system(SystemCallError("list", text(place), errno: error.errno))
        }
    }

    /// `nil` where it is gone, or something else by now.
    private func open(
        _ name: [UInt8], in folder: borrowing FileDescriptor, at path: [UInt8], flags: Int32
    ) throws(ImageError) -> FileDescriptor? {
        do throws(SystemCallError) { return try folder.open(named: name, flags: flags) } catch {
            if [.noSuchFile, .notDirectory, .loop, Errno(rawValue: ENXIO)].contains(error.errno) { return nil }
            throw .system(SystemCallError("open", text(path), errno: error.errno))
        }
    }

    private func isOpaque(_ folder: borrowing FileDescriptor) -> Bool {
        let number = folder.number
        return ["trusted.overlay.opaque", "user.overlay.opaque"].contains { name in
            var value: UInt8 = 0
            return fgetxattr(number, name, &value, 1) == 1 && value == UInt8(ascii: "y")
        }
    }

    private static func joined(_ folder: [UInt8], _ name: [UInt8]) -> [UInt8] {
        folder.isEmpty ? name : folder + [UInt8(ascii: "/")] + name
    }

    /// For messages.
    private func text(_ path: [UInt8]) -> String { "\(root)/\(String(decoding: path, as: UTF8.self))" }
}
