import Flags
import Glibc
import Records

/// Standard input on its way to a program: read once, held until it is taken.
struct TypedInput {
    /// `detached` is the end too, once what is pending has been sent: it was typed before.
    enum Outcome { case more, ended, detached }

    private(set) var isOpen: Bool
    /// What was read and not taken yet; empty with `isPending` is the end of input.
    private(set) var pending: [UInt8] = []
    private(set) var isPending = false
    private var sequence: DetachSequence

    /// - Parameter keys: those that detach; empty: none.
    init(isOpen: Bool, keys: [UInt8]) {
        self.isOpen = isOpen
        sequence = DetachSequence(keys)
    }

    /// Reads what has been typed.
    mutating func read() -> Outcome {
        var buffer = [UInt8](repeating: 0, count: AttachFrame.maximumPayload)
        let count = Glibc.read(0, &buffer, buffer.count)
        guard count > 0 else {
            if count < 0 && (errno == EINTR || errno == EAGAIN) { return .more }
            isOpen = false
            isPending = true
            return .ended
        }
        let outcome = sequence.take(buffer[..<count])
        pending = outcome.passed
        isPending = !pending.isEmpty
        return outcome.isDetached ? .detached : .more
    }

    /// The first `count` bytes of what is pending were taken; all of it, and the end of input, without a number.
    mutating func sent(_ count: Int? = nil) {
        pending.removeFirst(count ?? pending.count)
        isPending = !pending.isEmpty
    }
}
