import Glibc
import Linux
import Records

extension Supervisor {
    /// How much is read at once.
    private static let chunk = 16 << 10

    /// Moves what the container has written to the log and to those attached.
    mutating func readOutput(_ stream: LogStream) {
        guard let number = stream == .output ? stdio.output?.number : stdio.error?.number else { return }
        if move(from: number, stream: stream, kind: stream == .output ? .output : .error) { return }
        // The container has closed its side, in all its processes.
        poller.remove(number)
        if stream == .output { stdio.output = nil } else { stdio.error = nil }
    }

    mutating func readTerminal() {
        guard let number = stdio.terminal?.number else { return }
        if move(from: number, stream: .output, kind: .output) { return }
        poller.remove(number)
        stdio.terminal = nil
    }

    /// Everything that is there to read still, once the container has ended.
    mutating func drainOutput() {
        if let number = stdio.output?.number { _ = move(from: number, stream: .output, kind: .output, once: false) }
        if let number = stdio.error?.number { _ = move(from: number, stream: .error, kind: .error, once: false) }
        if let number = stdio.terminal?.number { _ = move(from: number, stream: .output, kind: .output, once: false) }
        flushAt = nil
        log.flush(at: .now)
    }

    /// `false` at the end of the stream. Reads once, or until nothing is left, but at most what fits into a pipe that was
    /// made as large as pipes go: a stray process that goes on writing must not hold the end up.
    private mutating func move(
        from number: Int32, stream: LogStream, kind: AttachFrame, once: Bool = true
    ) -> Bool {
        // One byte in front for the kind: so that the packet is sent from where it was read.
        var packet = [UInt8](repeating: kind.rawValue, count: Self.chunk + 1)
        var total = 0
        repeat {
            let count = packet.withUnsafeMutableBytes { buffer in
                Glibc.read(number, buffer.baseAddress?.advanced(by: 1), Self.chunk)
            }
            if count < 0 {
                let reason = Errno.current
                if reason == .interrupted { continue }
                // EIO: nobody has the terminal open.
                return reason == .again
            }
            if count == 0 { return false }
            total += count
            packet.withUnsafeBytes { log.append(.init(rebasing: $0[1...count]), from: stream, at: .now) }
            flushAt =
                log.isWaiting ? MonotonicTime(nanoseconds: MonotonicTime.now.nanoseconds + LogWriter.patience) : nil
            sendToAttached(count == Self.chunk ? packet : Array(packet[...count]))
        } while !once && total < 1 << 20
        return true
    }

    private mutating func sendToAttached(_ packet: [UInt8]) {
        for client in clients.values where client.isAttached { client.send(packet) }
    }

    // MARK: Input

    /// Gives the container what somebody has typed.
    mutating func take(input bytes: some Collection<UInt8>) {
        input += bytes
        writeInput()
    }

    /// Closes the container's input: it reads an end.
    mutating func endInput() {
        guard let number = stdio.input?.number else { return }
        // What was typed before the end comes before it.
        guard input.isEmpty else {
            inputEnds = true
            return
        }
        poller.remove(number)
        stdio.input = nil
        inputEnds = false
        life?.keeper?.end()
        life?.keeper = nil
    }

    mutating func writeInput() {
        guard let number = stdio.terminal?.number ?? stdio.input?.number else {
            input = []
            return
        }
        let waited = inputWaits
        while !input.isEmpty {
            let count = Glibc.write(number, input, input.count)
            if count > 0 {
                input.removeFirst(count)
                continue
            }
            let reason = Errno.current
            if reason == .interrupted { continue }
            // The container has closed its input, or ended: nobody will read this.
            if reason != .again { input = [] }
            break
        }
        inputWaits = !input.isEmpty
        if inputWaits != waited {
            let isTerminal = stdio.terminal != nil
            if isTerminal {
                try? poller.change(number, as: Token.terminal, for: inputWaits ? [.read, .write] : .read)
            } else if inputWaits {
                try? poller.add(number, as: Token.input, for: .write)
            } else {
                poller.remove(number)
            }
        }
        if inputEnds && input.isEmpty { endInput() }
    }
}
