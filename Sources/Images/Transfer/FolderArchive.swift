import CLinux
import Glibc
import Linux

/// Writes a folder as a layer's archive: owners, permissions, times, links and file capabilities as they are.
///
/// Sorted, so that the same folder gives the same bytes. Other file systems mounted in it, devices and sockets stay out.
struct FolderArchive {
    private let root: [UInt8]
    private let device: dev_t
    /// Files with several names, by their first in the archive.
    private var linked: [ino_t: [UInt8]] = [:]
    /// It is the writable layer of an overlay: what that says is gone becomes a whiteout of the image specification.
    var isUpper = false
    /// Seconds since 1970 that no file is newer than.
    var latest: Int64?
    /// Says of a path from the root (`/a/b`) whether it stays out.
    var isLeftOut: (String) -> Bool = { _ in false }

    init(_ path: String, device: dev_t) {
        root = Array(path.utf8)
        self.device = device
    }

    mutating func write(to archive: borrowing ArchiveWriter) throws(ImageError) {
        try writeContents(of: [], to: archive, depth: 0)
    }

    private mutating func writeContents(
        of folder: [UInt8], to archive: borrowing ArchiveWriter, depth: Int
    ) throws(ImageError) {
        let text = String(decoding: folder, as: UTF8.self)
        guard depth < 500 else { throw .unsuitable(text, reason: "folders lie more than 500 deep") }
        if isUpper, isOpaque(folder) { try writeMark(Array(".wh..wh..opq".utf8), in: folder, to: archive) }
        for name in try Packing.names(in: folder.isEmpty ? root : root + [UInt8(ascii: "/")] + folder) {
            let path = folder.isEmpty ? name : folder + [UInt8(ascii: "/")] + name
            guard let status = FileTree.status(root + [UInt8(ascii: "/")] + path) else { continue }
            if isLeftOut("/\(String(decoding: path, as: UTF8.self))") { continue }
            if isUpper, status.isWhiteout {
                try writeMark(Array(".wh.".utf8) + name, in: folder, to: archive)
                continue
            }
            try write(path, status, to: archive)
            if status.isFolder, status.st_dev == device {
                try writeContents(of: path, to: archive, depth: depth + 1)
            }
        }
    }

    /// An empty file that says something of the folder's other names: image specification, "Whiteouts".
    private func writeMark(_ name: [UInt8], in folder: [UInt8], to archive: borrowing ArchiveWriter) throws(ImageError)
    {
        let path = folder.isEmpty ? name : folder + [UInt8(ascii: "/")] + name
        try archive.begin(path, type: S_IFREG, permissions: 0o644, seconds: latest ?? 0)
    }

    private func isOpaque(_ folder: [UInt8]) -> Bool {
        let path = root + [UInt8(ascii: "/")] + folder
        return ["trusted.overlay.opaque", "user.overlay.opaque"].contains { name in
            var value: UInt8 = 0
            return path.asName { lgetxattr($0, name, &value, 1) } == 1 && value == UInt8(ascii: "y")
        }
    }

    private mutating func write(
        _ path: [UInt8], _ status: stat, to archive: borrowing ArchiveWriter
    ) throws(ImageError) {
        let source = root + [UInt8(ascii: "/")] + path
        let (type, permissions) = (status.st_mode & S_IFMT, status.st_mode & 0o7777)
        let owner = (uid: status.st_uid, gid: status.st_gid)
        let seconds = min(Int64(status.st_mtim.tv_sec), latest ?? .max)
        switch type {
        case S_IFDIR:
            try archive.begin(
                path + [UInt8(ascii: "/")], type: type, permissions: permissions, owner: owner, seconds: seconds,
                attributes: Self.attributes(source))
        case S_IFLNK:
            guard let target = FileTree.linkTarget(source) else { return }
            try archive.begin(path, type: type, permissions: 0o777, link: target, owner: owner, seconds: seconds)
        case S_IFREG:
            if status.st_nlink > 1 {
                if let first = linked[status.st_ino] {
                    try archive.begin(
                        path, type: 0, permissions: permissions, link: first, owner: owner, seconds: seconds)
                    return
                }
                linked[status.st_ino] = path
            }
            let text = String(decoding: source, as: UTF8.self)
            let flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW
            let file = try system { () throws(SystemCallError) in
                FileDescriptor(
                    owning: try systemCall("open", text) { source.asName { clinux_openat(AT_FDCWD, $0, flags, 0) } })
            }
            let size = Int64(status.st_size)
            try archive.begin(
                path, type: type, permissions: permissions, size: size, owner: owner, seconds: seconds,
                attributes: Self.attributes(source))
            try archive.copy(size, from: file, path: text)
        case S_IFIFO:
            try archive.begin(path, type: type, permissions: permissions, owner: owner, seconds: seconds)
        default: return
        }
    }

    /// The extended attributes that belong to an image: file capabilities, and those of users.
    private static func attributes(_ path: [UInt8]) -> [(name: String, value: [UInt8])] {
        var list = [CChar](repeating: 0, count: 4_096)
        let length = path.asName { llistxattr($0, &list, list.count) }
        guard length > 0 else { return [] }
        var found: [(name: String, value: [UInt8])] = []
        for part in list[..<length].split(separator: 0) {
            let name = String(decoding: part.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let isKept = name == "security.capability" || name.hasPrefix("user.") && !name.hasPrefix("user.overlay.")
            guard isKept else { continue }
            var value = [UInt8](repeating: 0, count: 65_536)
            let count = path.asName { lgetxattr($0, name, &value, value.count) }
            if count >= 0 { found.append((name, Array(value[..<count]))) }
        }
        return found.sorted { $0.name < $1.name }
    }
}
