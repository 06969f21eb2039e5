import CLinux
import Glibc
import Linux
import Records
import RuntimeCore

/// Launches in a process of its own, which hands over what it has started and goes.
///
/// A launch parses the bundle, compiles the seccomp profile and fills the runtime's tables: 100 kB and more that a
/// supervisor would hold for the years after. And a launch that crashes takes no supervisor with it. It costs one
/// fork(2) of a small process, about 0.3 ms.
enum Launcher {
    /// A process that a launcher has started: a child of this one, since it becomes the subreaper of what is launched.
    struct Started: ~Copyable {
        let process: FileDescriptor
        let identity: ProcessIdentity
        var console: FileDescriptor?
        /// What the launcher has noted for later.
        let note: [UInt8]

        consuming func intoProcess() -> FileDescriptor { process }
    }

    /// Runs `body` in the launcher, and waits for what it has started.
    ///
    /// - Parameter body: is given room for a note, at most `longestNote` bytes: of a longer one nothing is handed over.
    static func run(
        _ body: (_ note: inout [UInt8]) throws(SupervisionError) -> Launched
    ) throws(SupervisionError) -> Started {
        let pair = try attempt { () throws(SystemCallError) in try PacketSocketPair() }
        _ = try attempt { () throws(SystemCallError) in
            try systemCall("become a subreaper") { clinux_prctl(PR_SET_CHILD_SUBREAPER, 1, 0) }
        }
        let pid = try attempt { () throws(SystemCallError) in try systemCall("fork") { fork() } }
        if pid == 0 { launch(body, pair.intoFar()) }
        let near = pair.intoNear()
        let packet: (bytes: [UInt8], descriptors: [Int32])?
        do throws(SystemCallError) { packet = try near.receive() } catch {
            waitpid(pid, nil, 0)
            throw .system(error)
        }
        waitpid(pid, nil, 0)
        guard let packet else { throw .launch(code: 125, reason: "the process that launches the container was killed") }
        return try started(packet.bytes, packet.descriptors)
    }

    // MARK: What is handed over: 0, the process id, its start time, the note; or 1, the exit code, a sentence

    private static let longestNote = 8 << 10

    private static func launch(
        _ body: (_ note: inout [UInt8]) throws(SupervisionError) -> Launched, _ far: consuming PacketSocket
    ) -> Never {
        do throws(SupervisionError) {
            var note: [UInt8] = []
            var launched = try body(&note)
            var bytes: [UInt8] = [0]
            withUnsafeBytes(of: launched.pid.littleEndian) { bytes += $0 }
            withUnsafeBytes(of: launched.startTime.littleEndian) { bytes += $0 }
            if note.count <= longestNote { bytes += note }
            var descriptors = [launched.process.number]
            // Given up, not closed: closing the last descriptor of a terminal would hang it up.
            if let console = launched.console.take() { descriptors.append(console.release()) }
            try? far.send(bytes, descriptors: descriptors)
            _exit(0)
        } catch {
            try? far.send([1, UInt8(truncatingIfNeeded: error.exitCode)] + Array(error.description.utf8))
            _exit(1)
        }
    }

    private static func started(_ bytes: [UInt8], _ descriptors: [Int32]) throws(SupervisionError) -> Started {
        guard bytes.first == 0, bytes.count >= 13, let process = descriptors.first else {
            throw .launch(
                code: Int32(bytes.dropFirst().first ?? 125), reason: String(decoding: bytes.dropFirst(2), as: UTF8.self)
            )
        }
        let pid = bytes[1..<5].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let time = bytes[5..<13].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Started(
            process: FileDescriptor(owning: process),
            identity: ProcessIdentity(pid: Int32(bitPattern: pid), startTime: time),
            console: descriptors.count > 1 ? FileDescriptor(owning: descriptors[1]) : nil, note: Array(bytes[13...]))
    }
}
