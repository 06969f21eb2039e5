import CLinux
import Glibc
import Linux

/// The files of an image in the making, by their absolute path inside it, in bytes and without a slash at the end.
///
/// Whatever the order in which they are put in, they come out sorted: the same files give the same archive.
struct FileTree {
    enum Content: Hashable {
        case folder
        /// A file of the host, of so many bytes.
        case copy(source: [UInt8], size: Int64)
        /// The same without what comes behind, and with `head` in place of its first bytes.
        case cut(source: [UInt8], size: Int64, head: [UInt8])
        case bytes([UInt8])
        case link(to: [UInt8])
    }

    struct Node: Hashable {
        var content: Content
        var permissions: mode_t
        /// Why it is in the image: `needed by /usr/bin/bash`.
        var reason: String
        /// The path of what it is there for.
        var cause: [UInt8]?
    }

    private(set) var nodes: [[UInt8]: Node] = [:]

    func contains(_ path: String) -> Bool { nodes[Array(path.utf8)] != nil }

    /// Puts in `node` at `path` with the folders above it. The first that is put at a path stays, unless one is a folder
    /// and the other is not: that throws.
    mutating func put(_ path: [UInt8], _ node: Node) throws(ImageError) {
        if let there = nodes[path] {
            guard (there.content == .folder) == (node.content == .folder) else {
                throw .unsuitable(
                    String(decoding: path, as: UTF8.self), reason: "it would be a folder and something else at once")
            }
            return
        }
        if let slash = path.lastIndex(of: UInt8(ascii: "/")), slash > 0 {
            let folder = Array(path[..<slash])
            try put(folder, Node(content: .folder, permissions: 0o755, reason: "holds \(node.reason)"))
        }
        nodes[path] = node
    }

    mutating func put(_ path: String, _ content: Content, permissions: mode_t = 0o644, reason: String)
        throws(ImageError)
    {
        try put(Array(path.utf8), Node(content: content, permissions: permissions, reason: reason))
    }

    /// Where `path` leads when the links of this tree are followed, that in its last part too: `/bin/x` is `/usr/bin/x`
    /// where `/bin` is a link.
    func followed(_ path: [UInt8]) throws(ImageError) -> [UInt8] {
        var done: [UInt8] = []
        var left = Self.parts(path)
        var links = 0
        while !left.isEmpty {
            let part = left.removeFirst()
            if part.elementsEqual("..".utf8) {
                done = Array(done[..<(done.lastIndex(of: UInt8(ascii: "/")) ?? 0)])
                continue
            }
            let here = done + [UInt8(ascii: "/")] + part
            guard case .link(let target) = nodes[here]?.content else {
                done = here
                continue
            }
            links += 1
            guard links <= 40 else {
                throw .unsuitable(String(decoding: path, as: UTF8.self), reason: "\(Errno.loop)")
            }
            if target.first == UInt8(ascii: "/") { done = [] }
            left = Self.parts(target) + left
        }
        return done
    }

    /// All of it, folders before what is in them.
    func sorted() -> [(path: [UInt8], node: Node)] {
        nodes.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { (path: $0.key, node: $0.value) }
    }

    /// Number of files that are no folders and no links.
    var fileCount: Int {
        nodes.values.count {
            switch $0.content {
            case .copy, .cut, .bytes: true
            case .folder, .link: false
            }
        }
    }

    /// Writes all to `archive`, owned by root, with the time `seconds`.
    func write(to archive: borrowing ArchiveWriter, seconds: Int64) throws(ImageError) {
        for (path, node) in sorted() {
            let name = Array(path.dropFirst())
            switch node.content {
            case .folder:
                try archive.begin(
                    name + [UInt8(ascii: "/")], type: S_IFDIR, permissions: node.permissions, seconds: seconds)
            case .link(let target):
                try archive.begin(name, type: S_IFLNK, permissions: 0o777, link: target, seconds: seconds)
            case .bytes(let bytes):
                try archive.begin(
                    name, type: S_IFREG, permissions: node.permissions, size: Int64(bytes.count), seconds: seconds)
                try archive.write(bytes)
            case .copy(let source, let size):
                try archive.begin(name, type: S_IFREG, permissions: node.permissions, size: size, seconds: seconds)
                let file = try Self.open(source)
                try archive.copy(size, from: file, path: String(decoding: source, as: UTF8.self))
            case .cut(let source, let size, let head):
                try archive.begin(name, type: S_IFREG, permissions: node.permissions, size: size, seconds: seconds)
                let file = try Self.open(source)
                lseek(file.number, off_t(head.count), SEEK_SET)
                try archive.write(head)
                try archive.copy(size - Int64(head.count), from: file, path: String(decoding: source, as: UTF8.self))
            }
        }
    }

    private static func open(_ path: [UInt8]) throws(ImageError) -> FileDescriptor {
        let text = String(decoding: path, as: UTF8.self)
        return try system { () throws(SystemCallError) in
            FileDescriptor(
                owning: try systemCall("open", text) {
                    path.asCString { clinux_openat(AT_FDCWD, $0, O_RDONLY | O_CLOEXEC | O_NOFOLLOW, 0) }
                })
        }
    }

    /// Takes away what only debuggers and linkers read of programs and libraries; the bytes that this saves.
    mutating func strip() throws(ImageError) -> Int64 {
        var saved: Int64 = 0
        for (path, node) in nodes {
            guard case .copy(let source, let size) = node.content, size > 64 else { continue }
            let file = try Self.open(source)
            guard let stripped = StrippedELF(file, size: size) else { continue }
            nodes[path]?.content = .cut(source: source, size: stripped.size, head: stripped.head)
            saved += size - stripped.size
        }
        return saved
    }
}
