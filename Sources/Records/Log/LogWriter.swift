import Glibc
import Linux

/// Writes a container's log: cuts its streams into lines, marks each with its time, and rotates the file.
///
/// It never fails: what a full disk does not take is counted, and noted in the log once there is room again.
package struct LogWriter: ~Copyable {
    /// How long the start of a line waits for its end before it is written as a part.
    package static let patience: UInt64 = 100_000_000

    private let path: String
    package var options: LogOptions
    private var file: FileDescriptor?
    private var size: UInt64 = 0
    private var tails = Tails()
    /// Lines made and not yet written: emptied before `append` returns.
    private var lines: [UInt8] = []
    private var lineCount: UInt64 = 0
    /// Lines that the disk did not take since the last note.
    package private(set) var lost: UInt64 = 0

    /// The unfinished line of each stream.
    private struct Tails {
        var output: [UInt8] = []
        var error: [UInt8] = []

        subscript(stream: LogStream) -> [UInt8] {
            get { stream == .output ? output : error }
            _modify { if stream == .output { yield &output } else { yield &error } }
        }
    }

    package init(path: String, options: LogOptions) {
        self.path = path
        self.options = options
        open()
    }

    /// A line has begun and not ended: call `flush` once `patience` has passed without more of it.
    package var isWaiting: Bool { !tails.output.isEmpty || !tails.error.isEmpty }

    /// Takes what `stream` has written at `time`.
    package mutating func append(_ bytes: UnsafeRawBufferPointer, from stream: LogStream, at time: Timestamp) {
        let whole = LogEntry.head(time: time, stream: stream, isPartial: false)
        let part = LogEntry.head(time: time, stream: stream, isPartial: true)
        var rest = bytes[...]
        while !rest.isEmpty {
            let room = LogEntry.maximumText - tails[stream].count
            if let end = rest.firstIndex(of: UInt8(ascii: "\n")), end - rest.startIndex <= room {
                add(head: whole, tails[stream], rest[..<end])
                tails[stream] = []
                rest = rest[(end + 1)...]
            } else if rest.count >= room {
                add(head: part, tails[stream], rest.prefix(room))
                tails[stream] = []
                rest = rest.dropFirst(room)
            } else {
                tails[stream].append(contentsOf: rest)
                break
            }
        }
        write(at: time)
    }

    /// Writes begun lines as parts: the program waits, for an answer to a prompt, say, or it has ended.
    package mutating func flush(at time: Timestamp) {
        for stream in [LogStream.output, .error] where !tails[stream].isEmpty {
            add(head: LogEntry.head(time: time, stream: stream, isPartial: true), tails[stream], [])
            tails[stream] = []
        }
        write(at: time)
    }

    private mutating func add(
        head: [UInt8], _ start: [UInt8], _ end: some Collection<UInt8>
    ) {
        lines += head
        lines += start
        lines += end
        lines.append(UInt8(ascii: "\n"))
        lineCount += 1
        // Many short lines grow by their heads: what a supervisor holds must not.
        if lines.count >= LogEntry.maximumText { write(at: nil) }
    }

    private mutating func write(at time: Timestamp?) {
        guard !lines.isEmpty else { return }
        if size >= options.maximumSize { rotate() }
        if lost > 0, let time { noteLoss(at: time) }
        if lost > 0 || !store(lines) { lost += lineCount }
        // A burst's room is not kept for the years to come.
        lines.removeAll(keepingCapacity: lines.capacity <= 2 << 10)
        lineCount = 0
    }

    private mutating func noteLoss(at time: Timestamp) {
        let head = LogEntry.head(time: time, stream: .error, isPartial: false)
        let note = "boxtop: \(lost) \(lost == 1 ? "line was" : "lines were") lost here, since the disk was full\n"
        if store(head + Array(note.utf8)) { lost = 0 }
    }

    /// Whether all of `bytes` is in the file; if not, nothing of it is.
    private mutating func store(_ bytes: [UInt8]) -> Bool {
        if file == nil { open() }
        guard let number = file?.number else { return false }
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(number, $0.baseAddress?.advanced(by: done), bytes.count - done)
            }
            if count < 0 && Errno.current == .interrupted { continue }
            guard count > 0 else {
                if done > 0 { ftruncate(number, off_t(size)) }
                return false
            }
            done += count
        }
        size += UInt64(done)
        return true
    }

    private mutating func open() {
        // A log that cannot be opened must not stop the container; the next line tries again.
        file = try? FileDescriptor.open(path, flags: O_RDWR | O_CREAT | O_APPEND, mode: 0o640)
        guard let number = file?.number else { return }
        var status = stat()
        guard fstat(number, &status) == 0, status.st_size > 0 else {
            size = 0
            return
        }
        size = UInt64(status.st_size)
        // A supervisor killed in the middle of a write leaves a torn line: end it, so that it spoils no other.
        var last: UInt8 = 0
        if pread(number, &last, 1, status.st_size - 1) == 1, last != UInt8(ascii: "\n") {
            size += Glibc.write(number, "\n", 1) == 1 ? 1 : 0
        }
    }

    /// `container.log.1` is the newest of the old ones.
    private mutating func rotate() {
        let oldest = max(options.files, 1) - 1
        if oldest == 0 {
            unlink(path)
        } else {
            for number in (1..<oldest).reversed() { rename("\(path).\(number)", "\(path).\(number + 1)") }
            rename(path, "\(path).1")
        }
        file = nil
        open()
    }
}
