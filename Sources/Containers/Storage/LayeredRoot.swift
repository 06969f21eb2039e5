import CLinux
import Glibc
import Linux

/// A root file system as the container will see it, looked into without mounting it: folders, the uppermost first, read
/// as overlayfs(5) joins them (whiteouts, opaque folders), each path resolved inside, whatever symbolic links it holds.
/// Names are bytes, since a file's need not be text.
struct LayeredRoot {
    let layers: [String]

    /// What a path leads to: its place without symbolic links, and which layers have it, the uppermost first (several
    /// only for a folder).
    struct Found: Equatable {
        var path: [UInt8]
        var layers: [Int]
        var isDirectory: Bool
    }

    private enum Resolve {
        /// RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH of openat2(2).
        static let strict: UInt64 = 0x02 | 0x04 | 0x08
    }

    /// Where `path` leads, or `nil` where there is nothing.
    func find(_ path: String) throws(SystemCallError) -> Found? {
        var rest = Array(Self.parts(Array(path.utf8)).reversed())
        var here = Found(path: [], layers: Array(layers.indices), isDirectory: true)
        var above: [Found] = []
        var links = 0
        while let name = rest.popLast() {
            if name.elementsEqual(".".utf8) { continue }
            if name.elementsEqual("..".utf8) {
                here = above.popLast() ?? here
                continue
            }
            switch try entry(name, in: here) {
            case nil: return nil
            case .link(let target, _):
                links += 1
                if links > 40 { throw SystemCallError("follow", path, errno: .loop) }
                if target.first == UInt8(ascii: "/") {
                    here = Found(path: [], layers: Array(layers.indices), isDirectory: true)
                    above = []
                }
                rest += Self.parts(target).reversed()
            case .found(let found):
                if !found.isDirectory && !rest.isEmpty { return nil }
                above.append(here)
                here = found
            }
        }
        return here
    }

    private static func parts(_ path: [UInt8]) -> [[UInt8]] { path.split(separator: UInt8(ascii: "/")).map(Array.init) }

    /// The text of the regular file at `path`, `nil` where there is none.
    func text(_ path: String, limit: Int = 4 << 20) throws(SystemCallError) -> String? {
        guard let found = try find(path), !found.isDirectory, let layer = found.layers.first else { return nil }
        let file = try open(found.path, layer: layer, flags: O_RDONLY | O_NONBLOCK)
        guard try file.status().st_mode & S_IFMT == S_IFREG else { return nil }
        return String(decoding: try file.readAll(limit: limit), as: UTF8.self)
    }

    /// Opens a place that `find` gave, in one layer.
    func open(_ path: [UInt8], layer: Int, flags: Int32) throws(SystemCallError) -> FileDescriptor {
        let folder = try FileDescriptor.open(layers[layer], flags: O_PATH | O_DIRECTORY)
        let (base, inside) = (folder.number, path.isEmpty ? [UInt8(ascii: ".")] : Array(path.dropFirst()))
        return FileDescriptor(
            owning: try systemCall("open", "\(layers[layer])\(String(decoding: path, as: UTF8.self))") {
                inside.asCString { clinux_openat2(base, $0, UInt64(flags | O_CLOEXEC), 0, Resolve.strict) }
            })
    }

    /// What `layer` alone has in `folder`, sorted.
    func names(in folder: Found, layer: Int) throws(SystemCallError) -> [[UInt8]] {
        try open(folder.path, layer: layer, flags: O_RDONLY | O_DIRECTORY).names()
    }

    /// What `layer` alone has at `path`, a symbolic link as itself; `nil` where that is nothing.
    func status(_ path: [UInt8], layer: Int) throws(SystemCallError) -> stat? {
        do throws(SystemCallError) {
            return try open(path, layer: layer, flags: O_PATH | O_NOFOLLOW).status()
        } catch {
            if error.errno.isMissing { return nil }
            throw error
        }
    }

    /// One entry of a folder, a symbolic link not followed.
    enum Entry {
        case link(target: [UInt8], stat)
        case found(Found)
    }

    /// What the container will see as `name` in `folder`; `nil` for nothing, or a whiteout.
    func entry(_ name: [UInt8], in folder: Found) throws(SystemCallError) -> Entry? {
        let path = folder.path + [UInt8(ascii: "/")] + name
        var found = Found(path: path, layers: [], isDirectory: false)
        for layer in folder.layers {
            let entry: FileDescriptor
            do throws(SystemCallError) { entry = try open(path, layer: layer, flags: O_PATH | O_NOFOLLOW) } catch {
                if error.errno.isMissing { continue }
                throw error
            }
            let status = try entry.status()
            let kind = status.st_mode & S_IFMT
            if kind == S_IFDIR {
                found.layers.append(layer)
                found.isDirectory = true
                if Self.isOpaque(entry) { break }
                continue
            }
            // Under a folder of a higher layer, anything else is covered by it.
            if found.isDirectory { break }
            if kind == S_IFCHR && status.st_rdev == 0 { return nil }
            if kind == S_IFLNK { return .link(target: try Self.target(entry.number), status) }
            return .found(Found(path: path, layers: [layer], isDirectory: false))
        }
        return found.layers.isEmpty ? nil : .found(found)
    }

    private static func target(_ link: Int32) throws(SystemCallError) -> [UInt8] {
        var buffer = [CChar](repeating: 0, count: 4_096)
        let count = try systemCall("read a link") { readlinkat(link, "", &buffer, buffer.count) }
        return buffer.prefix(count).map { UInt8(bitPattern: $0) }
    }

    /// Whether `folder` hides what layers below its own have in its place.
    static func isOpaque(_ folder: borrowing FileDescriptor) -> Bool {
        // As a path, since one opened with O_PATH has no attributes to be read.
        let path = "/proc/self/fd/\(folder.number)"
        return ["trusted.overlay.opaque", "user.overlay.opaque"].contains { name in
            var value: UInt8 = 0
            return getxattr(path, name, &value, 1) == 1 && value == UInt8(ascii: "y")
        }
    }
}
