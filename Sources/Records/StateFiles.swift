import Glibc
import JSON
import Linux

/// Reads and writes the documents of containers where `layout` says they lie.
package struct StateFiles: Sendable {
    package let layout: Layout
    /// The boot that this system is in.
    package let boot: String

    package init(_ layout: Layout, boot: String = Boot.id) {
        self.layout = layout
        self.boot = boot
    }

    // MARK: What was asked for

    package func record(of id: String) throws(RecordError) -> ContainerRecord {
        let path = layout.record(id)
        var record = try read(path) { node throws(JSONError) in try ContainerRecord(node) }
        try Self.check(record.id, is: id, at: path)
        record.rootfs = layout.present(record.rootfs, of: id)
        return record
    }

    /// Refuses a record that somebody has copied into another container's folder: who acts by it would act on that one.
    static func check(_ found: String, is id: String, at path: String) throws(RecordError) {
        guard found != id else { return }
        throw .content(path: path, reason: "it is the record of container \(found.prefix(12))")
    }

    package func write(_ record: ContainerRecord) throws(RecordError) {
        try store(at: layout.record(record.id), durable: true) { () throws(JSONError) in try record.text() }
    }

    /// Whether there is a container `id`. An empty record is a damaged one; of one that was not to outlive the host's
    /// going down, it is none.
    package func has(_ id: String) -> Bool {
        var status = stat()
        guard stat(layout.record(id), &status) == 0 else { return false }
        return status.st_size > 0 || !Files.exists(layout.transience(id)) || isHeld(id)
    }

    /// The ids of all containers that have a record. What begins with a dot is being removed, or its removal was cut
    /// short.
    package func ids() -> [String] {
        ((try? Files.names(in: layout.containers)) ?? []).filter { !$0.begins(with: ".") && has($0) }
    }

    // MARK: How it is

    /// How container `id` is, in truth: what the files say, corrected by what the kernel says. A container that was
    /// running when the host went down, or whose supervisor was killed before it could write the end, has exited.
    package func state(of id: String) -> ContainerState {
        guard let state = written(for: id) else { return unwritten(id) }
        return truth(state)
    }

    /// Whether the process that supervises it by `state` lives.
    package func isSupervised(_ state: ContainerState) -> Bool {
        state.boot == boot && state.supervisor?.isAlive ?? false
    }

    /// `state` where it can still be so; else what must have become of it.
    package func truth(_ state: ContainerState) -> ContainerState {
        var state = state
        switch state.status {
        case .created, .exited, .removing:
            break
        case .running(let running), .paused(let running):
            if state.boot == boot, running.process.isAlive || state.supervisor?.isAlive ?? false { break }
            state.status = .exited(ended(state, started: running.started))
        case .restarting(_, _, var last):
            if isSupervised(state) { break }
            let cause = state.boot == boot ? "its supervisor was killed" : "the host went down"
            last.reason = last.reason ?? "\(cause) before it was started again"
            state.status = .exited(last)
        }
        if case .exited = state.status, !isSupervised(state) { state.supervisor = nil }
        return state
    }

    private func ended(_ state: ContainerState, started: Timestamp) -> Exit {
        let reason =
            state.boot == boot
            ? "it ended after its supervisor had been killed; with which status is unknown"
            : "the host went down while it ran"
        return Exit(code: 255, at: state.written, started: started, reason: reason)
    }

    /// Writes the live state: whole or not at all, but not flushed, since it lies in memory.
    package func write(live state: ContainerState, of id: String) throws(RecordError) {
        try store(at: layout.liveState(id), durable: false) { () throws(JSONError) in try state.text() }
    }

    /// Writes the state that outlives a reboot; flushed, unless the container itself is not meant to.
    package func write(last state: ContainerState, of id: String, durable: Bool = true) throws(RecordError) {
        try store(at: layout.lastState(id), durable: durable) { () throws(JSONError) in try state.text() }
    }

    func state(at path: String) throws(RecordError) -> ContainerState {
        try read(path) { node throws(JSONError) in try ContainerState(node) }
    }

    func read<T>(_ path: String, _ body: (Node) throws(JSONError) -> T) throws(RecordError) -> T {
        let bytes: [UInt8]
        do { bytes = try Files.read(path, limit: 16 << 20) } catch { throw RecordError(error, path) }
        do { return try Node.read(bytes, body) } catch { throw .content(path: path, reason: "\(error)") }
    }

    private func store(
        at path: String, durable: Bool, _ text: () throws(JSONError) -> [UInt8]
    ) throws(RecordError) {
        let bytes: [UInt8]
        do { bytes = try text() } catch { throw .content(path: path, reason: "\(error)") }
        do { try Files.replace(path, with: bytes + [UInt8(ascii: "\n")], durable: durable) } catch {
            throw .system(error)
        }
    }
}

/// Why a document could not be read or written, as a sentence.
package enum RecordError: Error, Hashable, Sendable, CustomStringConvertible {
    case system(SystemCallError)
    /// It is there, and not what it should be.
    case content(path: String, reason: String)

    /// Why `path` could not be read: what the disk does not give back is there, and damaged.
    init(_ error: SystemCallError, _ path: String) {
        self = error.errno.isDamage ? .content(path: path, reason: error.description) : .system(error)
    }

    package var description: String {
        switch self {
        case .system(let error): error.description
        case .content(let path, let reason): "cannot understand \(path): \(reason)"
        }
    }
}
