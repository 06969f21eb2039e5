import Linux

/// What a front end asks a supervisor: one JSON packet on `control.sock` (a SOCK_SEQPACKET), answered by one `Reply`.
package enum ControlRequest: Hashable, Sendable, Codable {
    /// Streams from here on: packets of `AttachFrame`, both ways, until the container has ended or one side closes.
    case attach(input: Bool)
    /// Ends it for good: the restart policy is off until the next start. Answered when it has ended.
    case stop(signal: Int32, timeout: Double)
    /// Stops, by the signal of its own where none is given, and starts again. Answered when it runs.
    case restart(signal: Int32? = nil, timeout: Double)
    case kill(signal: Int32)
    case pause
    case unpause
    /// Pauses it for as long as this connection lasts: whoever has it stand still for a moment may be killed in it.
    case hold
    /// Ends that hold, where nobody else has let it go on meanwhile.
    case release
    case resize(rows: UInt16, columns: UInt16)
    /// Answered when the container has ended and is not started again.
    case wait
    /// container.json has changed (limits, name, policy): read it again.
    case reload
}

package enum ControlReply: Hashable, Sendable, Codable {
    case done
    case exited(Exit)
    /// Why not, as a sentence.
    case refused(String)
}

/// One packet of an attached connection: the kind in its first byte, then the payload.
package enum AttachFrame: UInt8, Sendable {
    /// To the container's standard input; empty: end of input.
    case input = 0
    case output = 1
    case error = 2
    /// JSON of `ControlRequest.resize`.
    case resize = 3
    /// JSON of `Exit`: the last packet.
    case exited = 4
    /// The container was detached from, or the supervisor says something: text.
    case notice = 5

    /// Payloads are at most this long, so that a packet always fits a socket's buffer.
    package static let maximumPayload = 32 << 10
}

/// What a starting supervisor writes to its report descriptor, once, as JSON; then it closes it.
package enum StartReport: Hashable, Sendable, Codable {
    case started(Running)
    /// Nothing is left behind. `code` is 125, 126 or 127.
    case failed(code: Int32, reason: String)
}
