import Glibc
import JSON
import Linux
import Records

/// A container in the making: a folder that no list shows, and what has been taken for it. Committed, it becomes the
/// container in one rename; dropped, all of it is given back; after a crash, the next `create` sweeps it, since nobody
/// holds its lock any more.
struct Building: ~Copyable {
    let id: String
    private let layout: Layout
    private var lock: ContainerLock?
    private var names: [String] = []
    private var range: IDRange?
    private var volumes: [String] = []
    private var volumeLock: VolumeLock?
    private var committed = false

    init(_ id: String, _ layout: Layout) throws(ContainerError) {
        self.id = id
        self.layout = layout
        let folder = layout.building(id)
        // A sweep that comes between the folder and its lock takes both for left over: then once more.
        for _ in 0..<10 {
            try explaining { () throws(SystemCallError) in try Files.makeDirectories(folder, mode: 0o711) }
            if let lock = try? ContainerLock.take("\(folder)/lock"), lock.isStill("\(folder)/lock") {
                self.lock = consume lock
                return
            }
        }
        throw ContainerError(.failed, "cannot make a container: \(layout.building) cannot be locked")
    }

    deinit {
        if committed { return }
        for name in names { Claims.names(layout).release(name, by: id) }
        if let range { Claims.idRanges(layout).release("\(range.first)", by: id) }
        volumeLock?.release()
        // Another container may have been made with one meanwhile.
        try? StateFiles(layout, boot: "").removeUnused(volumes: volumes)
        try? Files.removeTree(layout.building(id))
    }

    /// Takes `name`, or makes one up.
    mutating func takeName(_ name: String?) throws(ContainerError) -> String {
        let claims = Claims.names(layout)
        if let name {
            guard try claims.claim(name, for: id) else {
                let owner = claims.owner(of: name).map { " by container \(ContainerID.short($0))" } ?? ""
                throw ContainerError(
                    .conflict, "the name “\(name)” is taken\(owner): remove or rename that one, or use another name",
                    exitCode: 125)
            }
            names.append(name)
            return name
        }
        var generator = SystemRandomNumberGenerator()
        for attempt in 0..<100 {
            let name = ContainerName.random(attempt: attempt, using: &generator)
            if try claims.claim(name, for: id) {
                names.append(name)
                return name
            }
        }
        throw ContainerError(.failed, "cannot make up a name that is free: give one with --name", exitCode: 125)
    }

    /// Takes a range of ids.
    mutating func takeRange() throws(ContainerError) -> IDRange {
        let taken = try IDRanges().claim(for: id, in: layout)
        range = taken
        return taken
    }

    /// Keeps volumes from being removed until this is in the list, and its record says which it has.
    mutating func holdVolumes() throws(ContainerError) {
        volumeLock = try explaining { () throws(SystemCallError) in try VolumeLock(.using, in: layout) }
    }

    /// Notes that volume `name` was made for this container, to be taken away again where it does not come about.
    mutating func note(volume name: String) { volumes.append(name) }

    var folder: String { layout.building(id) }

    func makeFolder(_ name: String, mode: mode_t) throws(ContainerError) {
        let path = "\(layout.building(id))/\(name)"
        _ = try explaining { () throws(SystemCallError) in
            try systemCall("make folder", path) { mkdir(path, mode) }
            // mkdir leaves out what the caller's umask says; a root file system's folder is for everybody in it.
            try systemCall("change the mode of", path) { chmod(path, mode) }
        }
    }

    func write(text: some Collection<UInt8>, to name: String, mode: mode_t, durable: Bool) throws(ContainerError) {
        try explaining { () throws(SystemCallError) in
            let path = "\(layout.building(id))/\(name)"
            try Files.replace(path, with: text, mode: mode, durable: durable, andName: false)
            try systemCall("change the mode of", path) { chmod(path, mode) }
        }
    }

    /// Writes a document, for its owner alone.
    func write(
        to name: String, durable: Bool, _ document: () throws(JSONError) -> [UInt8]
    ) throws(ContainerError) {
        let bytes: [UInt8]
        do { bytes = try document() } catch { throw ContainerError(.failed, "cannot write \(name): \(error)") }
        try write(text: bytes + [UInt8(ascii: "\n")], to: name, mode: 0o600, durable: durable)
    }

    /// Makes it a container that lists show; with `durable`, after a power cut too. Its lock is held on.
    mutating func commit(durable: Bool) throws(ContainerError) -> ContainerLock? {
        let (from, to) = (layout.building(id), layout.container(id))
        _ = try explaining("cannot make the container") { () throws(SystemCallError) in
            try systemCall("rename", from) { rename(from, to) }
        }
        committed = true
        volumeLock = nil
        guard durable else { return lock.take() }
        try explaining("cannot make sure of the container") { () throws(SystemCallError) in
            try Files.flush(folder: layout.container(id))
            try Files.flush(folder: layout.names)
            try Files.flush(folder: layout.containers)
        }
        return lock.take()
    }
}
