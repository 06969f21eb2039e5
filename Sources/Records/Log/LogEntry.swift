import Linux

/// Which of a container's streams a line came from.
package enum LogStream: String, Hashable, Sendable {
    case output = "stdout"
    case error = "stderr"
}

/// One line of `container.log`: `TIME stdout|stderr F|P TEXT`, the CRI log format.
///
/// The time always has nine digits and both streams' names have six letters, so that the text starts at a fixed place.
package struct LogEntry: Hashable, Sendable {
    package var time: Timestamp
    package var stream: LogStream
    /// The line goes on in the stream's next entry.
    package var isPartial: Bool
    /// Any bytes but a newline.
    package var text: [UInt8]

    package init(time: Timestamp, stream: LogStream, isPartial: Bool, text: [UInt8]) {
        self.time = time
        self.stream = stream
        self.isPartial = isPartial
        self.text = text
    }

    /// The bytes before the text.
    package static let headLength = 40
    /// Where the `F` or `P` stands.
    package static let tagOffset = 38
    /// Longer lines are cut into parts of this many bytes.
    package static let maximumText = 16 << 10

    /// One line of the file without its newline; `nil` where it is none: torn by a crash, or written by somebody else.
    package init?(_ line: some RandomAccessCollection<UInt8>) {
        guard line.count >= Self.headLength,
            let time = Timestamp(String(decoding: line.prefix(30), as: UTF8.self)), let kind = Self.kind(line)
        else { return nil }
        self.time = time
        (stream, isPartial) = kind
        text = Array(line.dropFirst(Self.headLength))
    }

    /// What the head of `line` says beside the time.
    static func kind(_ line: some RandomAccessCollection<UInt8>) -> (stream: LogStream, isPart: Bool)? {
        guard let stream = LogStream(rawValue: String(decoding: line.dropFirst(31).prefix(6), as: UTF8.self)) else {
            return nil
        }
        switch line.dropFirst(tagOffset).first {
        case UInt8(ascii: "F"): return (stream, false)
        case UInt8(ascii: "P"): return (stream, true)
        default: return nil
        }
    }

    /// What the container wrote: the text, and the newline where the line ends here.
    package var bytes: [UInt8] { isPartial ? text : text + [UInt8(ascii: "\n")] }

    /// The bytes before the text of a line.
    package static func head(time: Timestamp, stream: LogStream, isPartial: Bool) -> [UInt8] {
        Array("\(time) \(stream.rawValue) \(isPartial ? "P" : "F") ".utf8)
    }
}
