import Glibc
import Linux

/// A verb of this program, running beside the screen, `boxtop stop web`, or in its place, `boxtop exec -it web sh`.
struct VerbProcess: ~Copyable {
    let arguments: [String]
    let pid: pid_t
    /// Its standard error, whose last line tells how it went.
    let errors: FileDescriptor
    private var text: [UInt8] = []

    /// Starts it, with nothing to read and its output thrown away, unless it is given the terminal for both.
    init(_ arguments: [String], onTerminal: Bool = false) throws(SystemCallError) {
        let pipe = try Pipe()
        let number = pipe.writer.number
        let errors = try pipe.reader.duplicate()
        let pid = try Spawn.start(arguments) { actions in
            if !onTerminal {
                posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
                posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
            }
            posix_spawn_file_actions_adddup2(&actions, number, 2)
        }
        self.arguments = arguments
        self.pid = pid
        self.errors = errors
    }

    /// Takes in what it has written; `nil` while it runs, else its status, 128 + n when a signal ended it.
    mutating func poll() -> Int32? {
        drain()
        var status: Int32 = 0
        guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
        drain()
        return WaitStatus.exitCode(status)
    }

    /// Waits until it has ended; its status as `poll` has it.
    mutating func wait() throws(SystemCallError) -> Int32 {
        let pid = pid
        var status: Int32 = 0
        try systemCall("wait for boxtop \(arguments.first ?? "")") { waitpid(pid, &status, 0) }
        drain()
        return WaitStatus.exitCode(status)
    }

    private mutating func drain() {
        var pending = pollfd(fd: errors.number, events: Int16(POLLIN), revents: 0)
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while Glibc.poll(&pending, 1, 0) == 1, pending.revents & Int16(POLLIN) != 0 {
            let count = read(errors.number, &chunk, chunk.count)
            if count <= 0 { return }
            text.append(contentsOf: chunk[..<count])
            if text.count > 65_536 { text.removeFirst(32_768) }
        }
    }

    /// The last line that says something, without the program's name before it.
    var message: String {
        let lines = String(decoding: text, as: UTF8.self).split(whereSeparator: { $0 == "\n" || $0 == "\r" })
        guard let last = lines.last else { return "" }
        for prefix in ["boxtop: ", "Error: "] where last.hasPrefix(prefix) {
            return String(last.dropFirst(prefix.count))
        }
        return String(last)
    }
}
