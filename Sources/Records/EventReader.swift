import Linux

/// Reads an `EventLog` as it grows, each event once and in the order in which they were written, whatever the clock says
/// of them, and across a rotation.
///
///     var reader = EventReader(EventLog(layout), from: .end)
///     for event in reader.next() { … }   // all that were added since
package struct EventReader {
    package enum Start: Hashable, Sendable {
        case oldest
        /// Only what comes from now on.
        case end
    }

    /// One file, and how far it has been read.
    private struct Part {
        let file: LogFile
        var offset: UInt64
        /// The beginning of a line whose end is not there yet.
        var rest: [UInt8] = []

        mutating func read(into events: inout [Event], of id: String?) {
            while true {
                let bytes = file.read(256 << 10, at: offset)
                if bytes.isEmpty { return }
                offset += UInt64(bytes.count)
                rest += bytes
                guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else { continue }
                events += rest[..<end].split(separator: UInt8(ascii: "\n")).compactMap { Event($0, of: id) }
                rest.removeFirst(end + 1)
            }
        }
    }

    private let path: String
    private let id: String?
    /// The file that is added to, and before it the one whose place it took: who had that one open may still add to it.
    private var parts: [Part] = []

    /// - Parameter id: only this container's events.
    package init(_ log: EventLog, from start: Start, of id: String? = nil) {
        (path, self.id) = (log.path, id)
        // The newest first: one that takes its place meanwhile is found by `next`.
        let newest = LogFile(path)
        let older = LogFile("\(path).1").flatMap { $0.inode == newest?.inode ? nil : $0 }
        parts = [older, newest].compactMap { file in
            file.map { Part(file: $0, offset: start == .end ? $0.size : 0) }
        }
    }

    /// What was added since the last call; at the first one, since the start.
    package mutating func next() -> [Event] {
        var events: [Event] = []
        readAll(into: &events)
        if let inode = LogFile.inode(of: path), inode != parts.last?.file.inode, let file = LogFile(path) {
            // What the one before it has got since it was read comes first.
            readAll(into: &events)
            parts = parts.suffix(1) + [Part(file: file, offset: 0)]
            readAll(into: &events)
        }
        return events
    }

    private mutating func readAll(into events: inout [Event]) {
        for index in parts.indices { parts[index].read(into: &events, of: id) }
    }
}
