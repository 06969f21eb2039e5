import Glibc
import Linux
import Testing

/// A made-up /proc and /sys in a temporary folder of its own, taken away with it.
struct FixtureRoot: ~Copyable {
    let path: String

    init() throws {
        var template = Array("/tmp/boxtop-monitoring-XXXXXX".utf8CString)
        path =
            template.withUnsafeMutableBufferPointer { $0.baseAddress.flatMap(mkdtemp).map { String(cString: $0) } }
            ?? ""
        try #require(!path.isEmpty)
    }

    deinit { try? Files.removeTree(path) }

    func write(_ name: String, _ text: String) throws {
        let file = "\(path)/\(name)"
        if let slash = file.lastIndex(of: "/") { try Files.makeDirectories(String(file[..<slash])) }
        // In place: what is polled stays open.
        let open = try FileDescriptor.open(file, flags: O_WRONLY | O_CREAT | O_TRUNC)
        try open.write(text.utf8)
    }
}
