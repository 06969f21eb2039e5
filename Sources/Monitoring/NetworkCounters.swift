import Linux

/// What has passed all of a network namespace's interfaces but the loopback so far, in bytes, and in packets what has
/// not. See proc_pid_net(5).
package struct NetworkCounters: Hashable, Sendable {
    package var received: UInt64
    package var sent: UInt64
    /// Packets that there was no room for, or nobody to take them.
    package var receivedDropped: UInt64 = 0
    package var sentDropped: UInt64 = 0
    /// Packets that were damaged, or could not be sent.
    package var receivedErrors: UInt64 = 0
    package var sentErrors: UInt64 = 0

    package init(received: UInt64, sent: UInt64) {
        self.received = received
        self.sent = sent
    }

    package var dropped: UInt64 { receivedDropped &+ sentDropped }
    package var errors: UInt64 { receivedErrors &+ sentErrors }

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
        self.init(received: 0, sent: 0)
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
                // Eight numbers received, then eight sent: bytes, packets, errors, dropped and more.
                for field in 0..<12 {
                    index = KernelText.skipSpaces(text, from: index)
                    guard let number = KernelText.number(text, at: &index) else { break }
                    switch field {
                    case 0: received &+= number
                    case 2: receivedErrors &+= number
                    case 3: receivedDropped &+= number
                    case 8:
                        sent &+= number
                        isConnected = true
                    case 10: sentErrors &+= number
                    case 11: sentDropped &+= number
                    default: break
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
