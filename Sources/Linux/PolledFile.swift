import CLinux
import Glibc

/// Room to read files into, one for all of them.
package struct ReadBuffer: ~Copyable {
    let bytes: UnsafeMutableRawBufferPointer

    package init(size: Int = 64 << 10) { bytes = .allocate(byteCount: size, alignment: 16) }

    deinit { bytes.deallocate() }
}

/// A file of the kernel that is read again and again, such as a group's gauge: kept open and read from its start each
/// time, which costs a tenth of opening it anew. Opened when first read.
package struct PolledFile: ~Copyable {
    package enum Failure: Error {
        /// It is not there, or cannot be read: the gauge has no data.
        case absent
        /// What it tells about is gone (ENODEV, ESRCH).
        case gone
        /// This process has no descriptor left.
        case outOfDescriptors
    }

    private enum State {
        case notOpened
        case open(Int32)
        case absent
    }

    private let path: String
    private var state = State.notOpened
    private let isPossible: Bool

    /// - Parameter path: `nil` for a file that this host cannot have.
    package init(_ path: String?) {
        self.path = path ?? ""
        isPossible = path != nil
        state = isPossible ? .notOpened : .absent
    }

    deinit { if case .open(let number) = state { Glibc.close(number) } }

    /// Closes the file; the next read opens it again. One that was not there is looked for again.
    package mutating func close() {
        if case .open(let number) = state { Glibc.close(number) }
        state = isPossible ? .notOpened : .absent
    }

    /// What the file says now, in `buffer`, until that is used again.
    ///
    /// - Parameter keepOpen: whether the descriptor stays for the next time.
    package mutating func read(
        into buffer: borrowing ReadBuffer, keepOpen: Bool = true
    ) throws(Failure) -> UnsafeRawBufferPointer {
        let number: Int32
        switch state {
        case .open(let open): number = open
        case .absent: throw .absent
        case .notOpened:
            number = clinux_openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0)
            if number == -1 {
                switch errno {
                case EMFILE, ENFILE: throw .outOfDescriptors
                case ESRCH: throw .gone
                default:
                    if keepOpen { state = .absent }
                    throw .absent
                }
            }
            if keepOpen { state = .open(number) }
        }
        let count = pread(number, buffer.bytes.baseAddress, buffer.bytes.count, 0)
        let reason = errno
        if !keepOpen {
            Glibc.close(number)
            state = .notOpened
        }
        if count < 0 { throw reason == ENODEV || reason == ESRCH ? .gone : .absent }
        return UnsafeRawBufferPointer(rebasing: buffer.bytes[..<count])
    }
}
