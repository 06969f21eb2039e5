import Glibc
import JSON
import Linux

/// One runtime with one bundle of busybox, below a folder that is taken away with it.
final class Trial {
    let runtime: Runtime
    let folder: String
    let id: String
    /// Written to config.json before each `create` and `run`.
    var config: Document

    struct Outcome {
        var status: Int32
        var output: String
        var errors: String
        var lines: [String] { output.split(separator: "\n").map(String.init) }
    }

    /// Why a case is not passed.
    struct Failure: Error, CustomStringConvertible { let description: String }
    /// Why a case cannot be tried here.
    struct Skipped: Error, CustomStringConvertible { let description: String }

    init(_ runtime: Runtime, number: Int) throws {
        self.runtime = runtime
        id = "conformance-\(getpid())-\(number)"
        folder = "/tmp/\(id)"
        try Files.makeDirectories("\(folder)/rootfs/bin")
        for name in ["proc", "dev", "sys", "tmp", "work"] { try Files.makeDirectories("\(folder)/rootfs/\(name)") }
        let busybox = "\(folder)/rootfs/bin/busybox"
        if link("/bin/busybox", busybox) != 0 {
            try Files.replace(busybox, with: Files.read("/bin/busybox"), mode: 0o755, durable: false)
        }
        for name in Self.commands { symlink("busybox", "\(folder)/rootfs/bin/\(name)") }
        config = Self.usual
        config["linux.cgroupsPath"] = .text("/boxtop-conformance/\(id)")
    }

    private static let commands = [
        "sh", "cat", "ls", "id", "true", "readlink", "hostname", "stat", "sleep", "touch", "mkdir", "test", "grep",
        "mknod", "wc", "tr", "head", "mount", "umount", "uname", "env", "dd", "pwd", "kill", "tty", "stty", "cut",
        "chmod", "rm", "echo", "ionice", "awk", "nice", "su", "ip",
    ]

    /// After the value is gone nothing of it may be left, whatever the runtime has done.
    deinit {
        _ = try? call("delete", "--force", id)
        let trees = ((try? Files.names(in: "/sys/fs/cgroup")) ?? []).map { "/sys/fs/cgroup/\($0)" }
        for tree in trees + ["/sys/fs/cgroup"] {
            rmdir("\(tree)/boxtop-conformance/\(id)")
            rmdir("\(tree)/boxtop-conformance")
        }
        for path in mounted { umount2(path, Int32(MNT_DETACH)) }
        try? Files.removeTree(folder)
    }

    /// What a case mounts on the host, to be taken off at the end.
    var mounted: [String] = []

    static let usual: Document = [
        "ociVersion": "1.0.2",
        "process": [
            "args": ["true"], "env": ["PATH=/bin"], "cwd": "/", "user": ["uid": 0, "gid": 0], "noNewPrivileges": true,
            "capabilities": [
                "bounding": ["CAP_KILL", "CAP_CHOWN"], "effective": ["CAP_KILL", "CAP_CHOWN"],
                "permitted": ["CAP_KILL", "CAP_CHOWN"],
            ],
        ],
        "root": ["path": "rootfs"],
        "mounts": [
            ["destination": "/proc", "type": "proc", "source": "proc"],
            [
                "destination": "/dev", "type": "tmpfs", "source": "tmpfs",
                "options": ["nosuid", "mode=755", "size=65536k"],
            ],
            [
                "destination": "/dev/pts", "type": "devpts", "source": "devpts",
                "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"],
            ],
            [
                "destination": "/sys", "type": "sysfs", "source": "sysfs",
                "options": ["nosuid", "noexec", "nodev", "ro"],
            ],
        ],
        "linux": [
            "namespaces": [
                ["type": "pid"], ["type": "network"], ["type": "ipc"], ["type": "uts"], ["type": "mount"],
            ],
            "resources": ["devices": [["allow": false, "access": "rwm"]]],
        ],
    ]

    func script(_ text: String) { config["process.args"] = ["sh", "-c", .text(text)] }

    func write() throws {
        try Files.replace("\(folder)/config.json", with: JSON.encode(config), durable: false)
    }

    func run(_ text: String? = nil) throws -> Outcome {
        if let text { script(text) }
        try write()
        return try call("run", "--bundle", folder, id)
    }

    func create(_ text: String? = nil) throws -> Outcome {
        if let text { script(text) }
        try write()
        return try call("create", "--bundle", folder, id)
    }

    func call(_ words: String...) throws -> Outcome { try runtime.call(words, folder) }

    /// What the container itself has written, after `create`.
    var output: String { Files.text("\(folder)/create-output") ?? "" }

    func state() throws -> Document {
        let outcome = try call("state", id)
        try expect(outcome.status == 0, "state fails: \(outcome.errors)")
        return try JSON.decode(from: Array(outcome.output.utf8))
    }

    func status() throws -> String { try state()["status"]?.string ?? "none" }
    var exists: Bool { (try? call("state", id).status) == 0 }

    func wait(for what: String, _ condition: () throws -> Bool) throws {
        for _ in 0..<300 {
            if try condition() { return }
            usleep(10_000)
        }
        throw Failure(description: "not in time: \(what)")
    }

    func wait(forStatus wanted: String) throws { try wait(for: wanted) { try status() == wanted } }

    func expect(_ condition: Bool, _ reason: @autoclosure () throws -> String) throws {
        if !condition { throw Failure(description: try reason()) }
    }

    /// Runs `text` and wants exactly `wanted` from it.
    func prints(_ wanted: String, _ text: String) throws {
        let outcome = try run(text)
        try expect(outcome.status == 0, "status \(outcome.status): \(outcome.errors)\(outcome.output)")
        let lines = outcome.lines.joined(separator: "\n")
        try expect(lines == wanted, "\"\(wanted)\" is wanted, not \"\(lines)\"")
    }

    /// The configuration must be refused, and leave nothing.
    func refused() throws {
        let outcome = try create()
        let left = exists
        try expect(outcome.status != 0, "it was created")
        try expect(!left, "a container is left")
    }

    /// Prepares a file of the host below this trial's folder.
    @discardableResult
    func file(_ name: String, _ text: String = "", mode: mode_t = 0o644) throws -> String {
        let path = "\(folder)/\(name)"
        try Files.makeDirectories(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]))
        try Files.replace(path, with: Array(text.utf8), mode: mode, durable: false)
        return path
    }

    /// A hook that runs `text` in the host's shell.
    func hook(_ text: String) -> Document { ["path": "/bin/sh", "args": ["sh", "-c", .text(text)]] }
}
