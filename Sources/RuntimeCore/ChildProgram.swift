import CLinux
import Glibc
import Linux
import OCI

/// A program of the host that is run and waited for: a hook, newuidmap.
package struct ChildProgram: Sendable {
    var path: String
    var arguments: [String]
    var environment: [String] = []
    /// Gets its standard output, which else goes where the caller's does.
    var output: Int32?
    /// Likewise its standard error.
    var error: Int32?

    package enum Outcome: Hashable, CustomStringConvertible {
        /// A status as a shell gives it.
        case exited(Int32)
        case timedOut

        package var description: String {
            switch self {
            case .exited(let status):
                status > 128 ? "was killed by signal \(status - 128)" : "failed with status \(status)"
            case .timedOut: "did not end in time"
            }
        }
    }

    /// Runs the program at `path`, in the caller's environment, to its end.
    ///
    /// - Returns: what it has written, at most 16 MiB of it, and how it ended.
    package static func output(
        of path: String, _ arguments: [String]
    ) throws(SystemCallError) -> (text: String, outcome: Outcome) {
        let file = FileDescriptor(owning: try systemCall("make a file") { clinux_memory_file("output") })
        let program = ChildProgram(
            path: path, arguments: [path] + arguments, environment: CStrings.environment, output: file.number)
        let outcome = try program.begin().finish([], timeout: nil)
        lseek(file.number, 0, SEEK_SET)
        return (String(decoding: try file.readAll(limit: 16 << 20), as: UTF8.self), outcome)
    }

    /// Runs it to its end, without input; its output goes where the caller's does.
    func run(step: LaunchError.Step) throws(LaunchError) -> Outcome {
        try during(step, on: path) { () throws(SystemCallError) in try begin().finish([], timeout: nil) }
    }

    /// Starts it; it has no input yet.
    func begin() throws(SystemCallError) -> Begun {
        var pipe = try Pipe()
        switch try Cloned.clone() {
        case .child: become(reading: pipe)
        case .parent(_, let process):
            pipe.reader = FileDescriptor(owning: -1)
            return Begun(process: process, pipe: pipe)
        }
    }

    /// It takes the pipe over: of a value that is only borrowed by what never returns, the descriptors may be closed
    /// before.
    private func become(reading pipe: consuming Pipe) -> Never {
        var none = sigset_t()
        sigemptyset(&none)
        sigprocmask(SIG_SETMASK, &none, nil)
        dup2(pipe.reader.number, 0)
        if let output { dup2(output, 1) }
        if let error { dup2(error, 2) }
        // What the caller forgot to close is nobody's, least of all that of a hook inside the container.
        clinux_close_range(3, UInt32.max, 1)
        CStrings.with(arguments.isEmpty ? [path] : arguments) { arguments in
            CStrings.with(environment) { environment in _ = execve(path, arguments, environment) }
        }
        _exit(Errno.current == .noSuchFile ? 127 : 126)
    }

    /// A program that runs, and waits for its input where it reads any. Killed where nobody finishes it.
    struct Begun: ~Copyable {
        private let process: FileDescriptor
        private var pipe: Pipe
        private var isOver = false
        /// On the monotonic clock, in nanoseconds.
        private var deadline: UInt64?

        fileprivate init(process: consuming FileDescriptor, pipe: consuming Pipe) {
            Interruption.watch(process, as: .program)
            self.process = process
            self.pipe = pipe
        }

        deinit {
            Interruption.forget(.program)
            if isOver { return }
            try? process.send(signal: SIGKILL)
            _ = try? process.wait()
        }

        /// In a copy of the process that began it: leaves it to that one. Its input ends when all have closed it.
        consuming func leave() { isOver = true }

        /// Gives it its input, and waits for its end.
        ///
        /// - Parameter timeout: seconds from now after which it is killed.
        consuming func finish(_ input: [UInt8], timeout: Int?) throws(SystemCallError) -> Outcome {
            give(input, timeout: timeout)
            return try wait()
        }

        /// Gives it all its input, or what it takes of it in time.
        ///
        /// - Parameter timeout: seconds from now after which `wait` kills it.
        mutating func give(_ input: [UInt8], timeout: Int?) {
            // Thirty years are as good as for ever, and can be counted in nanoseconds.
            deadline = timeout.map { MonotonicTime.now.nanoseconds + UInt64(min(max(0, $0), 1 << 30)) * 1_000_000_000 }
            // A program that reads nothing, and is gone, is no failure.
            heedless {
                // More than a pipe surely holds must not keep this process past the deadline.
                if input.count > 4096, deadline != nil { giveInTime(input) } else { try? pipe.writer.write(input) }
            }
            pipe.writer = FileDescriptor(owning: -1)
        }

        private func giveInTime(_ input: [UInt8]) {
            let writer = pipe.writer.number
            _ = fcntl(writer, F_SETFL, O_NONBLOCK)
            var rest = input[...]
            while !rest.isEmpty, isReady(writer, Int(POLLOUT)) {
                let count = rest.withUnsafeBytes { write(writer, $0.baseAddress, $0.count) }
                if count < 0 && Errno.current != .again && Errno.current != .interrupted { return }
                rest = rest.dropFirst(max(0, count))
            }
        }

        /// Waits until `descriptor` is ready for `events`, but not past the deadline.
        private func isReady(_ descriptor: Int32, _ events: Int) -> Bool {
            var waiter = pollfd(fd: descriptor, events: Int16(events), revents: 0)
            while let deadline {
                let now = MonotonicTime.now.nanoseconds
                let left = deadline > now ? (deadline - now + 999_999) / 1_000_000 : 0
                if poll(&waiter, 1, Int32(clamping: left)) > 0 { break }
                if left == 0 { return false }
            }
            return true
        }

        /// Waits for its end.
        consuming func wait() throws(SystemCallError) -> Outcome {
            if !isReady(process.number, Int(POLLIN)) { return .timedOut }
            let status = try process.wait()
            isOver = true
            return .exited(status)
        }
    }
}

/// Runs `body`, in which a write that nobody reads any more fails and does not kill.
func heedless(_ body: () -> Void) {
    let before = signal(SIGPIPE, SIG_IGN)
    body()
    signal(SIGPIPE, before)
}

/// Arrays of C strings for exec.
enum CStrings {
    /// The calling process's own.
    static var environment: [String] {
        var words: [String] = []
        var next = environ
        while let word = next.pointee {
            words.append(String(cString: word))
            next += 1
        }
        return words
    }

    /// Calls `body` with `strings` as a null-terminated array.
    static func with<R>(_ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> R) -> R {
        let copies = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: strings.count + 1)
        for (index, string) in strings.enumerated() { copies[index] = strdup(string) }
        copies[strings.count] = nil
        defer {
            for index in strings.indices { free(copies[index]) }
            copies.deallocate()
        }
        return body(copies)
    }
}
