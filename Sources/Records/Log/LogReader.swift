import Linux

/// Reads a container's log from its oldest file to the line that was written last, and on from there as it grows,
/// across rotations.
///
///     var reader = LogReader(path: layout.log(id), from: .last(10))
///     while let entry = reader.next() { … }   // `nil`: nothing more for now; ask again when the file has grown
package struct LogReader: ~Copyable {
    package enum Start: Hashable, Sendable {
        case oldest
        /// The last so many lines; a line in parts counts once.
        case last(Int)
        case since(Timestamp)
        /// Only what comes from now on.
        case end
    }

    private let path: String
    private var file: LogFile?
    /// Where in `file` the unread begins that is not in `buffer` yet.
    private var offset: UInt64 = 0
    private var buffer: [UInt8] = []
    private var consumed = 0
    private let since: Timestamp?
    /// How many of each stream's next entries are of lines before the last ones.
    private var unwanted: [LogStream: Int] = [:]

    package init(path: String, from start: Start) {
        self.path = path
        since = if case .since(let time) = start { time } else { nil }
        switch start {
        case .oldest: file = Self.oldest(path)
        case .since(let time): file = Self.oldest(path, since: time)
        case .last(let count): find(last: count)
        case .end: find(last: 0)
        }
    }

    /// The next line or part of one; `nil` where there is none yet.
    package mutating func next() -> LogEntry? {
        while let line = nextLine() {
            guard let entry = LogEntry(line) else { continue }
            if let left = unwanted[entry.stream], left > 0 {
                unwanted[entry.stream] = left - 1
            } else if since.map({ entry.time >= $0 }) ?? true {
                return entry
            }
        }
        return nil
    }

    private mutating func nextLine() -> ArraySlice<UInt8>? {
        while true {
            if let end = buffer[consumed...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { consumed = end + 1 }
                return buffer[consumed..<end]
            }
            if !fill() && !turn() { return nil }
        }
    }

    /// Reads on in the same file; `false` at its end.
    private mutating func fill() -> Bool {
        if file == nil { file = Self.oldest(path) }
        guard let bytes = file?.read(32 << 10, at: offset), !bytes.isEmpty else { return false }
        buffer.removeFirst(consumed)
        consumed = 0
        buffer += bytes
        offset += UInt64(bytes.count)
        return true
    }

    /// Goes on to the file after this one; `false` where this one is the newest.
    private mutating func turn() -> Bool {
        guard let inode = file?.inode, let newest = LogFile.inode(of: path), newest != inode else { return false }
        // The writer was done with this file when it renamed it, and may have added to it since our last read.
        if fill() { return true }
        var successor = path
        var number = 1
        while let candidate = LogFile.inode(of: "\(path).\(number)"), candidate != inode {
            successor = "\(path).\(number)"
            number += 1
        }
        // Not found at all: rotated away while we slept; the oldest that is left is what follows.
        guard let next = LogFile(successor), next.inode != inode else { return false }
        file = next
        (offset, consumed, buffer) = (0, 0, [])
        return true
    }

    /// The oldest file there is, or the oldest that can hold anything as new as `time`.
    private static func oldest(_ path: String, since time: Timestamp? = nil) -> LogFile? {
        var file = LogFile(path)
        var number = 1
        while true {
            if let time, let first = file?.firstTime, first <= time { return file }
            guard let older = LogFile("\(path).\(number)") else { return file }
            file = older
            number += 1
        }
    }

    private mutating func find(last count: Int) {
        file = LogFile(path)
        offset = file?.size ?? 0
        var lines = LastLines(count)
        var (candidate, number) = (file, 0)
        while let there = candidate {
            if let start = there.start(of: &lines) { (file, offset) = (there, start) }
            if lines.isOver { break }
            number += 1
            candidate = LogFile("\(path).\(number)")
        }
        unwanted = lines.unwanted
    }
}

extension LogReader {
    /// The newest lines of the log at `path`, at most `count`, oldest first, each joined from its parts and with the
    /// time of its first.
    package static func lines(path: String, last count: Int) -> [LogEntry] {
        var reader = LogReader(path: path, from: .last(count))
        var lines: [LogEntry] = []
        var open: [LogStream: Int] = [:]
        while let entry = reader.next() {
            if let index = open[entry.stream] {
                // A line without an end must not grow without one here either.
                if lines[index].text.count < 1 << 20 { lines[index].text += entry.text }
                lines[index].isPartial = entry.isPartial
            } else {
                lines.append(entry)
            }
            open[entry.stream] = entry.isPartial ? open[entry.stream] ?? lines.count - 1 : nil
        }
        return lines.suffix(count)
    }
}
