import CLinux
import Glibc
import Linux

/// A verb of this program, running beside the screen, `boxtop stop web`, or in its place, `boxtop exec -it web sh`.
///
/// It writes to files in memory, not to pipes: it goes on when the dashboard has ended, and nobody reads there.
struct VerbProcess: ~Copyable {
    let arguments: [String]
    let pid: pid_t
    /// Its standard error, whose last line tells how it went, and its standard output, which has what it made.
    private let errors: FileDescriptor
    private let output: FileDescriptor
    /// How much of `errors` is in `text`, whose beginning is forgotten where it is long.
    private var taken: off_t = 0
    private var text: [UInt8] = []

    /// Starts it, with nothing to read and out of this terminal's reach, unless it is given the terminal.
    init(_ arguments: [String], onTerminal: Bool = false) throws(SystemCallError) {
        let errors = try Self.file()
        let output = try Self.file()
        let (errorsNumber, outputNumber) = (errors.number, output.number)
        pid = try Spawn.start(arguments, ownSession: !onTerminal) { actions in
            if !onTerminal {
                posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
                posix_spawn_file_actions_adddup2(&actions, outputNumber, 1)
            }
            posix_spawn_file_actions_adddup2(&actions, errorsNumber, 2)
        }
        self.arguments = arguments
        self.errors = errors
        self.output = output
    }

    private static func file() throws(SystemCallError) -> FileDescriptor {
        FileDescriptor(owning: try systemCall("make a file") { clinux_memory_file("verb") })
    }

    /// Takes in what it has written; `nil` while it runs, else its status, 128 + n when a signal ended it.
    mutating func poll() -> Int32? {
        var status: Int32 = 0
        let hasEnded = waitpid(pid, &status, WNOHANG) == pid
        takeErrors()
        return hasEnded ? WaitStatus.exitCode(status) : nil
    }

    /// Waits until it has ended; its status as `poll` has it.
    ///
    /// What asks this program to end meanwhile is passed on to it, which hangs up, or is killed where it takes longer than
    /// a moment. The other signals are about a terminal that is not this program's now, or about its end.
    mutating func wait(
        heeding signals: borrowing ScreenSignals
    ) throws(SystemCallError) -> (status: Int32, isAskedToEnd: Bool) {
        let pid = pid
        let process = try FileDescriptor.process(pid)
        var isAskedToEnd = false
        while !process.isOver {
            var polled = [
                pollfd(fd: process.number, events: Int16(POLLIN), revents: 0),
                pollfd(fd: signals.descriptor.number, events: Int16(POLLIN), revents: 0),
            ]
            if Glibc.poll(&polled, nfds_t(polled.count), isAskedToEnd ? 2_000 : -1) == 0 {
                try? process.send(signal: SIGKILL)
            }
            for signal in signals.pending() where signal == SIGTERM || signal == SIGHUP {
                isAskedToEnd = true
                try? process.send(signal: signal)
            }
        }
        var status: Int32 = 0
        try systemCall("wait for boxtop \(arguments.first ?? "")") { waitpid(pid, &status, 0) }
        takeErrors()
        return (WaitStatus.exitCode(status), isAskedToEnd)
    }

    private mutating func takeErrors() {
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while true {
            // The writer's place in the file is the same as this descriptor's own.
            let count = pread(errors.number, &chunk, chunk.count, taken)
            if count <= 0 { return }
            taken += off_t(count)
            text.append(contentsOf: chunk[..<count])
            if text.count > 65_536 { text.removeFirst(32_768) }
        }
    }

    /// The last line of its standard error that says something.
    var message: String { Self.lastLine(text) }

    /// The last line of its standard output.
    var result: String {
        let length = lseek(output.number, 0, SEEK_END)
        var end = [UInt8](repeating: 0, count: 4_096)
        let count = pread(output.number, &end, end.count, max(0, length - off_t(end.count)))
        return Self.lastLine(end.prefix(max(0, count)))
    }

    private static func lastLine(_ bytes: some Collection<UInt8>) -> String {
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: { $0 == "\n" || $0 == "\r" })
        return lines.last.map(String.init) ?? ""
    }
}
