import Glibc
import Linux
import Records

@testable import Containers

/// A folder that goes with the test.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = "/tmp/boxtop-containers-\(getpid())-\(UInt32.random(in: .min ... .max))"
        try Files.makeDirectories(path)
    }

    deinit { try? Files.removeTree(path) }

    /// cap_net_raw+ep, as ping has it on disk: vfs_cap_data of <linux/capability.h>.
    static let capability: [UInt8] = [1, 0, 0, 2, 0, 0x20] + [UInt8](repeating: 0, count: 14)

    /// Writes `files`, name to text; a name that ends with / is a folder, a text that begins with -> a link.
    func fill(_ files: [String: String]) throws {
        for (name, text) in files.sorted(by: { $0.key < $1.key }) {
            let full = "\(path)/\(name)"
            if name.hasSuffix("/") {
                try Files.makeDirectories(String(full.dropLast()))
                continue
            }
            try Files.makeDirectories(Paths.parent(full))
            if text.hasPrefix("->") {
                symlink(String(text.dropFirst(2)), full)
            } else {
                try Files.replace(full, with: text.utf8, durable: false)
            }
        }
    }

    var layout: Layout { Layout(state: "\(path)/state", run: "\(path)/run", cgroupParent: "/boxtop-containers-tests") }

    func containers(environment: [String: String] = [:]) throws -> Containers {
        try Containers(layout: layout, environment: environment)
    }

    /// A plain folder that can be a root file system.
    func rootfs() throws -> String {
        try fill([
            "root/bin/true": "#!", "root/etc/passwd": "root:x:0:0:root:/root:/bin/sh\n",
            "root/etc/group": "root:x:0:\n",
        ])
        return "\(path)/root"
    }
}
