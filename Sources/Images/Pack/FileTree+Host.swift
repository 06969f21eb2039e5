import CLinux
import Glibc
import Linux

extension FileTree {
    /// Puts in what lies at `path` on the host, at the same place, with each symbolic link on the way as the host has it.
    ///
    /// - Returns: the path without links; `nil` where there is nothing.
    @discardableResult
    mutating func putFromHost(
        _ path: String, reason: String, cause: String? = nil
    ) throws(ImageError) -> String? {
        var done: [UInt8] = []
        var left = Self.parts(Array(path.utf8))
        var links = 0
        while !left.isEmpty {
            let part = left.removeFirst()
            if part.elementsEqual("..".utf8) {
                done = Array(done[..<(done.lastIndex(of: UInt8(ascii: "/")) ?? 0)])
                continue
            }
            let here = done + [UInt8(ascii: "/")] + part
            guard let status = Self.status(here) else { return nil }
            switch status.st_mode & S_IFMT {
            case S_IFLNK:
                links += 1
                guard links <= 40, let target = Self.linkTarget(here) else {
                    throw .unsuitable(path, reason: "\(Errno.loop)")
                }
                let node = Node(content: .link(to: target), permissions: 0o777, reason: reason)
                try put(here, node)
                if target.first == UInt8(ascii: "/") { done = [] }
                left = Self.parts(target) + left
            case S_IFDIR:
                try putFolder(here, status)
                done = here
            case S_IFREG:
                guard left.isEmpty else { return nil }
                var node = Self.file(here, status, reason: reason)
                node.cause = try cause.map { cause throws(ImageError) in try followed(Array(cause.utf8)) }
                try put(here, node)
                done = here
            default: throw .unsuitable(path, reason: "it is neither file nor folder")
            }
        }
        return String(decoding: done, as: UTF8.self)
    }

    /// A folder on the way is wanted for what is in it, and has the host's permissions.
    private mutating func putFolder(_ path: [UInt8], _ status: stat) throws(ImageError) {
        let permissions = status.st_mode & 0o7777
        try put(path, Node(content: .folder, permissions: permissions, reason: "a folder of the host"))
    }

    static func file(_ path: [UInt8], _ status: stat, reason: String) -> Node {
        Node(
            content: .copy(source: path, size: Int64(status.st_size)), permissions: status.st_mode & 0o7777,
            reason: reason)
    }

    static func parts(_ path: [UInt8]) -> [[UInt8]] {
        path.split(separator: UInt8(ascii: "/")).map(Array.init).filter { !$0.elementsEqual(".".utf8) }
    }

    static func status(_ path: [UInt8]) -> stat? {
        var status = stat()
        return path.asCString { lstat($0, &status) } == 0 ? status : nil
    }

    static func linkTarget(_ path: [UInt8]) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = path.asCString { name in
            buffer.withUnsafeMutableBytes { bytes in
                bytes.withMemoryRebound(to: CChar.self) { text in
                    text.baseAddress.map { readlink(name, $0, text.count) } ?? -1
                }
            }
        }
        return count > 0 ? Array(buffer[..<count]) : nil
    }

    /// What `path` leads to without symbolic links; `nil` where that is nothing. See realpath(3).
    static func resolved(_ path: String) -> String? {
        guard let text = realpath(path, nil) else { return nil }
        defer { free(text) }
        return String(cString: text)
    }
}
