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
        /// Whether its processes have a session keyring of their own, and not that of whoever starts them.
        package var ownKeyring = true
        package var rootfs: String
        package var created: Timestamp
        package var annotations: [String: String]?
        /// Whether the launch has not returned: its file systems may be bare yet. On disk, the name of the file says so.
        package var isBeingMade = false

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

        package static func deleted(_ id: String) -> Self { Self("container \(id) was deleted meanwhile") }
    }

    package func folder(_ id: String) -> String { "\(root)/\(id)" }
    private func record(_ id: String, isBeingMade: Bool = false) -> String {
        "\(folder(id))/\(isBeingMade ? "creating" : "state").json"
    }
    /// The FIFO that a created container waits on: there until it is started.
    package func startFIFO(_ id: String) -> String { "\(folder(id))/start" }
    /// Where the container's socket for sd_notify(3) lies, if it has one.
    package func notifyFolder(_ id: String) -> String { "\(folder(id))/notify" }

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
            let path = record(entry.id, isBeingMade: entry.isBeingMade)
            try Files.replace(path, with: entry.text, mode: 0o600, durable: false)
        } catch {
            throw Refusal("\(error)")
        }
    }

    /// What was saved of `id` while it was being made is so from now on.
    package func settle(_ id: String) throws(Refusal) {
        do throws(SystemCallError) {
            try systemCall("write", record(id)) { rename(record(id, isBeingMade: true), record(id)) }
        } catch {
            throw error.errno == .noSuchFile ? .deleted(id) : Refusal("\(error)")
        }
    }

    /// Ends the making of `id`, whose maker is to know that somebody wanted it, whether it is on record yet or not.
    package func revoke(_ id: String) {
        _ = try? FileDescriptor.open(revocation(id), flags: O_WRONLY | O_CREAT, mode: 0o600)
        unlink(record(id, isBeingMade: true))
    }
    package func isRevoked(_ id: String) -> Bool { Files.exists(revocation(id)) || !Files.exists(folder(id)) }
    private func revocation(_ id: String) -> String { "\(folder(id))/revoked" }

    package func load(_ id: String) throws(Refusal) -> Entry {
        try Self.check(id)
        // The second gets the name of the first at any moment.
        for isBeingMade in [false, true, false] {
            let path = record(id, isBeingMade: isBeingMade)
            guard let bytes = try? Files.read(path) else { continue }
            do {
                var entry = try Entry.read(bytes)
                entry.isBeingMade = isBeingMade
                return entry
            } catch {
                throw Refusal("\(path): \(error)")
            }
        }
        throw Refusal("container \(id) does not exist")
    }

    /// The same, for what is done to a container that is whole.
    package func loadMade(_ id: String) throws(Refusal) -> Entry {
        let entry = try load(id)
        if entry.isBeingMade, entry.pid == 0 || entry.isAlive { throw Refusal("container \(id) is being created") }
        return entry
    }

    /// The configuration that `id` was made with, whatever has become of the file since.
    package func configuration(_ id: String) throws(Refusal) -> OCI.RuntimeSpec {
        let path = "\(folder(id))/config.json"
        do { return try .read(try Files.read(path)) } catch {
            // Of what is deleted the record goes first.
            throw !Files.exists(path) && (try? load(id)) == nil ? .deleted(id) : Refusal("\(path): \(error)")
        }
    }

    package func remove(_ id: String) throws(Refusal) {
        // What is there as a rule, by name: to look for more takes twice the calls.
        for name in ["state.json", "creating.json", "config.json", "start"] { unlink("\(folder(id))/\(name)") }
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
        return status.startTime == startTime && !status.hasEnded
    }
}
