import Linux

/// Bytes through all of a network namespace's interfaces but the loopback, so far. See proc_pid_net(5).
package struct NetworkCounters: Hashable, Sendable {
    package var received: UInt64
    package var sent: UInt64

    package init(received: UInt64, sent: UInt64) {
        self.received = received
        self.sent = sent
    }

    /// Those of the namespace that process `pid` is in; `nil` where it has no interface but the loopback, or is gone.
    ///
    /// The file is opened anew each time, 18 µs, though an open one would do with 7: it keeps the namespace, and with
    /// it the host's end of its cable, after the container has gone.
    package init?(of pid: Int32, root: String = "/", with buffer: borrowing ReadBuffer) {
        var file = PolledFile("\(root == "/" ? "" : root)/proc/\(pid)/net/dev")
        guard let text = try? file.read(into: buffer, keepOpen: false) else { return nil }
        self.init(text)
    }

    /// Parses /proc/PID/net/dev.
    package init?(_ text: UnsafeRawBufferPointer) {
        (received, sent) = (0, 0)
        var isConnected = false
        var line = 0
        while line < text.count {
            let next = KernelText.nextLine(text, from: line)
            let name = KernelText.skipSpaces(text, from: line)
            // The two lines of headings have a bar where an interface has its colon.
            if let colon = text[name..<next].firstIndex(of: UInt8(ascii: ":")),
                !KernelText.starts(text, at: name, with: "lo:")
            {
                var index = colon + 1
                // Eight numbers received, bytes first, then eight sent.
                for field in 0..<9 {
                    index = KernelText.skipSpaces(text, from: index)
                    guard let number = KernelText.number(text, at: &index) else { break }
                    if field == 0 { received &+= number }
                    if field == 8 {
                        sent &+= number
                        isConnected = true
                    }
                }
            }
            line = next
        }
        if !isConnected { return nil }
    }

    /// Whether process `pid` shares the network of this one: then the counters are the host's, not its own.
    package static func isShared(by pid: Int32, root: String = "/") -> Bool {
        let root = root == "/" ? "" : root
        guard let theirs = FileStamp("\(root)/proc/\(pid)/ns/net"), let own = FileStamp("\(root)/proc/self/ns/net")
        else {
            return false
        }
        return theirs.isSameFile(as: own)
    }
}
