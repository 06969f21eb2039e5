import Glibc
import JSON
import Linux
import OCI

/// What the OCI verbs keep of a container between calls: `state.json` and a copy of config.json in `ROOT/ID`.
package struct StateDirectory: Sendable {
    package let root: String

    package init(root: String) { self.root = root }

    /// A container as the verbs left it.
    package struct Entry: Hashable, Sendable {
        package var ociVersion: String
        package var id: String
        package var bundle: String
        /// 0 while it is being made.
        package var pid: Int32
        package var startTime: UInt64
        package var cgroup: String?
        /// Whether others were in that group when the container was put in.
        package var sharesGroup = false
        package var rootfs: String
        package var created: Timestamp
        package var annotations: [String: String]?

        package init(
            ociVersion: String, id: String, bundle: String, cgroup: String?, rootfs: String, created: Timestamp,
            annotations: [String: String]?
        ) {
            self.ociVersion = ociVersion
            self.id = id
            self.bundle = bundle
            self.cgroup = cgroup
            self.rootfs = rootfs
            self.created = created
            self.annotations = annotations
            pid = 0
            startTime = 0
        }
    }

    /// Why a verb cannot be done, as a sentence.
    package struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
        package let description: String

        package init(_ description: String) { self.description = description }
    }

    package func folder(_ id: String) -> String { "\(root)/\(id)" }
    /// The FIFO that a created container waits on: there until it is started.
    package func startFIFO(_ id: String) -> String { "\(folder(id))/start" }

    /// Compiled seccomp filters of all containers: no id begins with a dot.
    package var filters: String { "\(root)/.filters" }

    /// Takes `id`, which nobody else can take then, and keeps `configuration` for later calls.
    package func make(_ id: String, configuration: [UInt8]) throws(Refusal) {
        try Self.check(id)
        do throws(SystemCallError) {
            try Files.makeDirectories(root, mode: 0o711)
            try systemCall("make folder", folder(id)) { mkdir(folder(id), 0o711) }
            let file = try FileDescriptor.open(
                "\(folder(id))/config.json", flags: O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
            try file.write(configuration)
        } catch {
            throw Refusal(error.errno == .exists ? "container \(id) exists already" : "\(error)")
        }
    }

    package func save(_ entry: Entry) throws(Refusal) {
        do {
            let path = "\(folder(entry.id))/state.json"
            try Files.replace(path, with: entry.text, mode: 0o600, durable: false)
        } catch {
            throw Refusal("\(error)")
        }
    }

    package func load(_ id: String) throws(Refusal) -> Entry {
        try Self.check(id)
        guard let bytes = try? Files.read("\(folder(id))/state.json") else {
            throw Refusal("container \(id) does not exist")
        }
        do { return try .read(bytes) } catch {
            throw Refusal("\(folder(id))/state.json: \(error)")
        }
    }

    /// The configuration that `id` was made with, whatever has become of the file since.
    package func configuration(_ id: String) throws(Refusal) -> OCI.RuntimeSpec {
        do { return try .read(try Files.read("\(folder(id))/config.json")) } catch {
            throw Refusal("\(folder(id))/config.json: \(error)")
        }
    }

    package func remove(_ id: String) throws(Refusal) {
        // What is there as a rule, by name: to look for more takes twice the calls.
        for name in ["state.json", "config.json", "start"] { unlink("\(folder(id))/\(name)") }
        if rmdir(folder(id)) == 0 { return }
        do { try Files.removeTree(folder(id)) } catch { throw Refusal("\(error)") }
    }

    /// All containers, by id.
    package func all() -> [Entry] {
        ((try? Files.names(in: root)) ?? []).sorted().compactMap { try? load($0) }
    }

    /// What runc takes: so that no id is a path, an option, or hidden.
    package static func check(_ id: String) throws(Refusal) {
        let letters = id.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || [43, 45, 46, 95].contains(byte)
        }
        if !letters || id.isEmpty || id.begins(with: ".") || id.utf8.count > 1024 {
            throw Refusal("\"\(id)\" is no container id: letters, digits, and _ + - . inside")
        }
    }
}

extension StateDirectory.Entry {
    /// Whether the first process is there, and not another with its id.
    package var isAlive: Bool {
        guard pid > 0, let status = ProcessStatus(of: pid) else { return false }
        return status.startTime == startTime && !status.isZombie
    }
}
