import CLinux
import Glibc
import Linux
import Records
import RuntimeCore

/// One health check, in a process of its own: it enters the container, hears what the command writes and says how that
/// has ended.
///
/// The supervisor waits for none of it: a group that freezes half-way lets nobody in, and would keep it from hearing
/// that it is to thaw the group.
struct Checker: ~Copyable {
    let began = Timestamp.now
    private let socket: PacketSocket
    private let pid: Int32

    /// How a check went.
    struct Verdict {
        enum Kind: UInt8 { case ended, late, failed }

        var kind: Kind
        /// The command's status.
        var code: Int32 = -1
        /// The end of what it has written, or why it could not begin.
        var output: [UInt8] = []
    }

    /// Readable once there is a verdict.
    var number: Int32 { socket.descriptor.number }

    /// Begins a check.
    ///
    /// - Parameter command: starts the command, in the new process, with its output to the given descriptor.
    init(
        timeout: Double, _ command: (_ output: Int32) throws(SupervisionError) -> Launched
    ) throws(SupervisionError) {
        let pair = try attempt { () throws(SystemCallError) in try PacketSocketPair() }
        // What the checker leaves behind is this process's to wait for.
        _ = clinux_prctl(PR_SET_CHILD_SUBREAPER, 1, 0)
        pid = try attempt { () throws(SystemCallError) in try systemCall("fork") { fork() } }
        if pid == 0 { Self.check(pair.intoFar(), .now + timeout, command) }
        socket = pair.intoNear()
    }

    /// The verdict, once there is one; `nil` where the checker was killed.
    consuming func verdict() -> Verdict? {
        let packet = try? socket.receive()
        // Having said it, it goes.
        waitpid(pid, nil, 0)
        guard let bytes = packet?.bytes, bytes.count >= 5, let kind = Verdict.Kind(rawValue: bytes[0]) else {
            return nil
        }
        let code = bytes[1..<5].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return Verdict(kind: kind, code: Int32(bitPattern: code), output: Array(bytes[5...]))
    }

    /// Ends the check: whoever kills the command where it is, kills what this leaves of it.
    consuming func end() {
        kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
    }

    // MARK: The checker's own life. Signals are blocked since before the fork; only SIGKILL ends it early

    private static func check(
        _ far: consuming PacketSocket, _ deadline: MonotonicTime,
        _ command: (_ output: Int32) throws(SupervisionError) -> Launched
    ) -> Never {
        let socket = keepAlone(far)
        var verdict: Verdict
        do throws(SupervisionError) {
            let pipe = try attempt { () throws(SystemCallError) in try Pipe() }
            // What is heard is heard between other things.
            _ = fcntl(pipe.reader.number, F_SETFL, O_NONBLOCK)
            let launched = try command(pipe.writer.number)
            verdict = Self.hear(launched, pipe.closeWriter(), socket, deadline)
        } catch {
            verdict = Verdict(kind: .failed, output: Array(error.description.utf8.prefix(HealthLog.longestOutput)))
        }
        let code = withUnsafeBytes(of: verdict.code.littleEndian, Array.init)
        try? socket.send([verdict.kind.rawValue] + code + verdict.output)
        _exit(0)
    }

    /// Closes all but the socket and the three that lead nowhere: most of all the lock that says who supervises, which
    /// must not outlive the supervisor.
    private static func keepAlone(_ far: consuming PacketSocket) -> PacketSocket {
        let copy = fcntl(far.descriptor.number, F_DUPFD_CLOEXEC, 64)
        _ = consume far
        dup2(copy, 3)
        _ = fcntl(3, F_SETFD, FD_CLOEXEC)
        clinux_close_range(4, .max, 0)
        return PacketSocket(FileDescriptor(owning: 3))
    }

    /// Waits for the command's end, at most until `deadline`; no longer than the supervisor wants to know.
    private static func hear(
        _ command: borrowing Launched, _ output: borrowing FileDescriptor, _ socket: borrowing PacketSocket,
        _ deadline: MonotonicTime
    ) -> Verdict {
        var verdict = Verdict(kind: .late)
        var requests = [command.process.number, output.number, socket.descriptor.number].map {
            pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        while true {
            let left = deadline.seconds(since: .now)
            poll(&requests, 3, Int32(clamping: Int((left * 1_000).rounded(.up))))
            if requests[1].revents != 0, !read(output, into: &verdict) { requests[1].fd = -1 }
            if requests[0].revents != 0 {
                verdict.kind = .ended
                verdict.code = (try? command.process.wait()) ?? -1
                break
            }
            if requests[2].revents != 0 || deadline <= .now {
                // What it has started as well: the shell of a check that hangs is not what hangs.
                let group = getpgid(command.pid)
                if group > 1 && group != getpgrp() { kill(-group, SIGKILL) }
                try? command.process.send(signal: SIGKILL)
                // The frozen die only once they are thawed: nobody waits for that.
                if command.process.isReadable(within: 0.5) { _ = try? command.process.wait() }
                break
            }
        }
        // What is in the pipe still; a stray process that goes on writing must not hold the end up.
        for _ in 0..<16 where !read(output, into: &verdict) { break }
        return verdict
    }

    /// Reads once; `false` where nothing is there.
    private static func read(_ output: borrowing FileDescriptor, into verdict: inout Verdict) -> Bool {
        var bytes = [UInt8](repeating: 0, count: 16 << 10)
        let count = Glibc.read(output.number, &bytes, bytes.count)
        if count <= 0 { return false }
        verdict.output = (verdict.output + bytes[..<count]).suffix(HealthLog.longestOutput)
        return true
    }
}
