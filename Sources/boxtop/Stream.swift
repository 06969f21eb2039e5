import Glibc
import Images
import Linux

/// The process's own output: written at once and in order, without a buffer that a way out could forget.
enum Stream: Int32 {
    case output = 1
    case error = 2

    /// Why standard output has not taken all that was written to it.
    nonisolated(unsafe) private(set) static var lost: Errno?

    var isTerminal: Bool { isatty(rawValue) == 1 }

    /// One line, or several. What could steer a terminal is shown, not sent: names, paths and reasons come from images,
    /// archives and registries, which strangers have made. A program that reads our output gets all as it is.
    func say(_ line: String) { show(line + "\n") }

    /// The same without an end of line.
    func show(_ text: String) {
        let safe = harmless(text)
        write(safe != text && self == .output && !isTerminal ? text : safe)
    }

    func write(_ text: String) {
        var text = text
        text.withUTF8 { write(UnsafeRawBufferPointer($0)) }
    }

    /// Writes all of `bytes`. What cannot be written is dropped, so that the work goes on; `lost` tells of it.
    func write(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Glibc.write(rawValue, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if count < 0 && errno == EAGAIN {
                // Somebody has made the terminal or the pipe non-blocking: wait for room.
                var request = pollfd(fd: rawValue, events: Int16(POLLOUT), revents: 0)
                _ = poll(&request, 1, -1)
            } else if count == 0 || errno != EINTR {
                if self == .output { Self.lost = count < 0 ? .current : Errno(rawValue: EIO) }
                return
            }
        }
    }
}
