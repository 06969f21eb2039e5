import CLinux
import Glibc
import JSON
import Linux
import Records

/// A process that does nothing but hold what a container would lose if its supervisor were killed: the master side of
/// its terminal, without which the kernel hangs it up, and the open side of its input, without which it reads an end.
///
/// Only containers with a terminal or an open input have one. It is a copy of the supervisor that shares its memory and
/// sleeps, and goes when the container's first process does. The next supervisor takes copies with pidfd_getfd(2).
struct Keeper: ~Copyable {
    private let process: FileDescriptor

    /// Where the keeper holds what, known to the supervisor that comes after.
    private enum Place {
        static let terminal: Int32 = 3
        static let input: Int32 = 4
        static let container: Int32 = 5
        /// The container's side of the terminal: while it is open, a program that closes the terminal and opens it
        /// again finds no hang-up in between.
        static let peer: Int32 = 6
        static let end: Int32 = 7
    }

    private static func file(in folder: String) -> String { "\(folder)/keeper.json" }

    /// Starts a keeper; `nil` where there is nothing to keep.
    ///
    /// - Parameter container: the container's first process, with whose end the keeper goes.
    init?(terminal: Int32?, input: Int32?, container: Int32, in folder: String) {
        if terminal == nil && input == nil { return nil }
        let pid = fork()
        if pid == 0 { Self.keep(terminal: terminal ?? -1, input: input ?? -1, container: container) }
        guard pid > 0, let process = try? FileDescriptor.process(pid) else { return nil }
        self.process = process
        if let identity = ProcessIdentity(of: pid), let bytes = try? JSON.encode(identity) {
            try? Files.replace(Self.file(in: folder), with: bytes, durable: false)
        }
    }

    /// Finds the keeper that a supervisor before this one has left.
    init?(in folder: String) {
        guard let bytes = try? Files.read(Self.file(in: folder)),
            let identity = try? JSON.decode(ProcessIdentity.self, from: bytes),
            let process = try? FileDescriptor.process(identity.pid), identity.isAlive
        else { return nil }
        self.process = process
    }

    /// Opens what is kept for a supervisor that goes on with it.
    func hand(to stdio: inout Stdio) {
        stdio.terminal = copy(Place.terminal)
        stdio.input = copy(Place.input)
    }

    private func copy(_ place: Int32) -> FileDescriptor? {
        let number = clinux_pidfd_getfd(process.number, place)
        return number < 0 ? nil : FileDescriptor(owning: number)
    }

    /// Lets go of all that it keeps.
    func end() {
        try? process.send(signal: SIGKILL)
        // It may be another supervisor's child.
        _ = try? process.wait()
    }

    /// The keeper's own life. Signals are blocked since before the fork; only SIGKILL ends it early.
    private static func keep(terminal: Int32, input: Int32, container: Int32) -> Never {
        let peer = terminal >= 0 ? clinux_terminal_peer(terminal) : -1
        // First out of the way of the places, then each into its own.
        let things = [
            (terminal, Place.terminal), (input, Place.input), (container, Place.container), (peer, Place.peer),
        ].map { (fcntl($0.0, F_DUPFD, 64), $0.1) }
        for place in Place.terminal..<Place.end { close(place) }
        for (number, place) in things where number >= 0 { dup2(number, place) }
        clinux_close_range(UInt32(Place.end), UInt32.max, 0)
        // A later supervisor may be no parent of this one, and need leave to copy where Yama guards processes.
        clinux_prctl(PR_SET_PTRACER, UInt(bitPattern: -1), 0)
        clinux_prctl(PR_SET_NAME, UInt(bitPattern: strdup("boxtop-keeper")), 0)
        var wait = pollfd(fd: Place.container, events: Int16(POLLIN), revents: 0)
        while poll(&wait, 1, -1) < 0 && Errno.current == .interrupted {}
        _exit(0)
    }
}
