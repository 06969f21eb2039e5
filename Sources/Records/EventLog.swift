import Glibc
import JSON
import Linux

/// `events.log`: what happened to all containers, one JSON line each, appended by whoever did it.
package struct EventLog: Sendable {
    /// Above this many bytes the file becomes `events.log.1`, in place of the one before.
    package static let maximumSize: off_t = 8 << 20

    package let path: String

    package init(_ layout: Layout) { path = layout.events }

    package init(path: String) { self.path = path }

    /// Says what has happened to a container. A step of a build is the build's own, in no list, and nothing is said of it.
    package func append(
        _ kind: Event.Kind, of record: ContainerRecord, at time: Timestamp = .now, detail: String? = nil
    ) {
        if record.builder != nil { return }
        append(Event(time: time, container: record.id, name: record.name, kind: kind, detail: detail))
    }

    /// Adds `event`. One write with O_APPEND: what several processes add at once never mixes. An event that the disk
    /// does not take is lost, since nothing that happened can be undone for it.
    package func append(_ event: Event) {
        let line = event.text + [UInt8(ascii: "\n")]
        guard let file = try? FileDescriptor.open(path, flags: O_RDWR | O_CREAT | O_APPEND, mode: 0o640)
        else { return }
        var status = stat()
        if fstat(file.number, &status) == 0 {
            if status.st_size > Self.maximumSize { rotate(file) }
            // A line that a full disk has cut short would swallow this one.
            var last = UInt8(ascii: "\n")
            if status.st_size > 0 { pread(file.number, &last, 1, status.st_size - 1) }
            try? file.write(last == UInt8(ascii: "\n") ? line : [UInt8(ascii: "\n")] + line)
        }
    }

    /// Moves `file` out of the way, where it still is the current one: of several who find it full, the first does so, and
    /// a file that is already there in its place is not full.
    package func rotate(_ file: borrowing FileDescriptor) {
        guard flock(file.number, LOCK_EX) == 0 else { return }
        var (held, there) = (stat(), stat())
        if fstat(file.number, &held) == 0, stat(path, &there) == 0, held.st_ino == there.st_ino {
            rename(path, "\(path).1")
        }
        flock(file.number, LOCK_UN)
    }

    /// The newest events, at most `count`, oldest first; of one container where `id` names it.
    package func last(_ count: Int, of id: String? = nil) -> [Event] {
        var events = Self.last(count, of: id, in: path)
        if events.count < count {
            events = Self.last(count - events.count, of: id, in: "\(path).1") + events
        }
        return events
    }

    private static func last(_ count: Int, of id: String?, in path: String) -> [Event] {
        guard let bytes = try? Files.read(path) else { return [] }
        var events: [Event] = []
        for line in bytes.split(separator: UInt8(ascii: "\n")).reversed() {
            if events.count == count { break }
            if let event = Event(line, of: id) { events.append(event) }
        }
        return events.reversed()
    }
}

extension Event {
    /// One line of the log; `nil` for what is none, or of another container than the one that `id` names.
    init?(_ line: ArraySlice<UInt8>, of id: String?) {
        // Looking for the id is far cheaper than decoding the lines of all the other containers.
        if let id, !line.contains(id.utf8) { return nil }
        guard let event = try? JSON.decode(Event.self, from: Array(line)) else { return nil }
        if let id, event.container != id { return nil }
        self = event
    }
}
