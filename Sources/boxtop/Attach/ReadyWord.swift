import ArgumentParser
import Containers
import Glibc
import Linux
import Records

/// `--sdnotify`: who says to the service manager that the container is ready.
enum ReadySpeaker: String, CaseIterable, ExpressibleByArgument {
    /// Its program.
    case container
    /// boxtop, once it runs. The word is podman's.
    case conmon
    /// Nobody.
    case ignore
}

/// What a service manager that has started boxtop waits for: that the container is ready.
///
/// The manager's own socket stays outside, since anything can be told there. A container that speaks for itself has one of
/// its own, and of what comes in only `READY=1` goes on.
final class ReadyWord {
    private let manager: ServiceManager
    /// What the container says; `nil` where it is not asked.
    private let messages: Messages?
    private var isSaid = false

    /// `nil` where nobody waits.
    init?(to manager: ServiceManager?, from messages: consuming FileDescriptor?) {
        guard let manager else { return nil }
        self.manager = manager
        if let socket = consume messages { self.messages = Messages(socket) } else { self.messages = nil }
    }

    /// Readable when the container has said something; -1 where nothing is to be heard.
    var number: Int32 { isSaid ? -1 : messages?.number ?? -1 }

    /// The container runs: says the word, where that is enough.
    func begin(watching pid: Int32) {
        if number < 0 { say(watching: pid) }
    }

    /// Says the word where the container has.
    func relay(watching pid: Int32) {
        if !isSaid, messages?.hasWord == true { say(watching: pid) }
    }

    /// Stays until the word is said, or `process` has ended.
    func attend(_ process: ProcessIdentity, watching pid: Int32) throws(SystemCallError) {
        guard !isSaid, let messages, let running = try? FileDescriptor.process(process.pid), process.isAlive else {
            return
        }
        if try messages.haveWord(orEndOf: running) { say(watching: pid) }
    }

    private func say(watching pid: Int32) {
        isSaid = true
        do throws(SystemCallError) { try manager.sayReady(watching: pid) } catch {
            Stream.error.say("boxtop: nobody hears at NOTIFY_SOCKET that the container is ready: \(error)")
        }
    }
}

/// The socket that a container speaks at.
private final class Messages {
    private let socket: FileDescriptor

    init(_ socket: consuming FileDescriptor) { self.socket = socket }

    var number: Int32 { socket.number }
    var hasWord: Bool { ServiceManager.hears(readyAt: socket) }

    func haveWord(orEndOf process: borrowing FileDescriptor) throws(SystemCallError) -> Bool {
        try ServiceManager.awaits(readyAt: socket, orEndOf: process)
    }
}
