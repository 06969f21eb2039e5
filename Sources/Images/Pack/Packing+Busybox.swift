import Glibc
import Linux

/// Busybox is one program under many names: links beside it make them.
extension Packing {
    mutating func putAppletLinks(of path: String) throws(ImageError) {
        guard let real = FileTree.resolved(path), real.split(separator: "/").last == "busybox" else { return }
        let slash = real.lastIndex(of: "/") ?? real.startIndex
        let folder = String(real[..<slash])
        let bytes = try system { () throws(SystemCallError) in try Files.read(real) }
        let places = PackRequest.standardPath
        for name in BusyboxApplets.names(in: bytes) where name != "busybox" {
            // A real program of that name, asked for too, goes first.
            if places.contains(where: { tree.contains("\($0)/\(name)") }) { continue }
            try put("\(folder)/\(name)", .link(to: Array("busybox".utf8)), 0o777, "an applet of \(path)")
        }
    }
}

/// The names of busybox's applets, read from the program rather than by running it.
enum BusyboxApplets {
    /// They lie one after another, each with a zero after it, sorted, `[` and `[[` first.
    static func names(in bytes: [UInt8]) -> [String] {
        // Without `[` the list begins elsewhere; then there are no links, and `busybox NAME` still works.
        guard let start = bytes.firstPlace(of: Array("\0[\0[[\0".utf8)) else { return [] }
        var names: [[UInt8]] = []
        var rest = bytes[(start + 1)...]
        while let end = rest.prefix(64).firstIndex(of: 0), end > rest.startIndex {
            let name = Array(rest[..<end])
            let isSorted = names.last.map { $0.lexicographicallyPrecedes(name) } ?? true
            guard isSorted, name.allSatisfy(isNameByte) else { break }
            names.append(name)
            rest = rest[(end + 1)...]
        }
        return names.map { String(decoding: $0, as: UTF8.self) }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...122).contains(byte) || Array("[_-.+".utf8).contains(byte)
    }
}
