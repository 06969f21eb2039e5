import Glibc
import Linux
import Records
import Testing

@Suite(
    .serialized,
    .enabled(if: SupervisorPlace.obstacle == nil, Comment(rawValue: SupervisorPlace.obstacle ?? "")))
struct SupervisorAttachTests {
    private let place: SupervisorPlace

    init() throws { place = try SupervisorPlace() }

    /// A container with a foreground, as `boxtop run` has it.
    private func run(
        _ script: String, _ adjust: (inout ContainerRecord) -> Void = { _ in }
    ) throws -> (id: String, stream: Foreground) {
        let id = try place.make(script, adjust)
        let pair = try UnixSocket.pair()
        let foreground = Foreground(try pair.first.duplicate())
        guard case .started = try place.supervise(id, client: pair.second.number) else {
            throw ControlError.refused("it did not start")
        }
        return (id, foreground)
    }

    /// A class, since a tuple cannot hold what is noncopyable.
    final class Foreground {
        let stream: AttachedStream

        init(_ socket: consuming FileDescriptor) { stream = AttachedStream(socket: socket) }

        /// All output until the end, and how it ended.
        func readAll(pausing microseconds: UInt32 = 0) throws -> (output: [UInt8], error: [UInt8], exit: Exit?) {
            var (output, error): ([UInt8], [UInt8]) = ([], [])
            while let message = try stream.next() {
                switch message {
                case .output(let bytes): output += bytes
                case .error(let bytes): error += bytes
                case .exited(let exit): return (output, error, exit)
                case .notice: break
                }
                if microseconds > 0 { usleep(microseconds) }
            }
            return (output, error, nil)
        }

        /// Reads until the output holds `text`.
        func read(until text: String) throws -> String {
            var output = ""
            while !output.contains(text), case .output(let bytes)? = try stream.next() {
                // A terminal ends lines with two bytes that Swift takes for one character.
                output += String(decoding: bytes.filter { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
            }
            return output
        }
    }

    @Test func `the foreground sees all output from the first byte, and the exit`() throws {
        let (_, foreground) = try run("echo out; echo err >&2; exit 9")
        let (output, error, exit) = try foreground.readAll()
        #expect(String(decoding: output, as: UTF8.self) == "out\n")
        #expect(String(decoding: error, as: UTF8.self) == "err\n")
        #expect(exit?.code == 9)
    }

    /// It stays until the foreground has read all. By then the container may be another supervisor's.
    @Test func `a supervisor whose foreground still reads has nothing to do with the container any more`() throws {
        let (id, foreground) = try run(
            "trap 'exit 5' TERM; dd if=/dev/zero bs=64k count=30 & while :; do sleep 0.02; done")
        let supervisor = try #require(place.files.written(for: id)?.supervisor)
        #expect(
            place.state(of: id) { _ in (try? Files.read(place.layout.log(id)).count) ?? 0 > 256 << 10 }.status.isRunning
        )
        let early = try place.client(id)
        guard case .exited(let exit) = try place.ask(id, .stop(signal: SIGTERM, timeout: 0.5)) else {
            Issue.record("no exit")
            return
        }
        #expect(exit.code == 5 && supervisor.isAlive)
        kill(supervisor.pid, SIGHUP)
        #expect { _ = try early.ask(.restart(timeout: 0)) } throws: {
            if case ControlError.lost = $0 { true } else { false }
        }
        #expect(place.files.state(of: id).status == .exited(exit) && !Files.exists(place.layout.controlSocket(id)))
        guard case .started(let running) = try place.supervise(id) else {
            Issue.record("it did not start")
            return
        }
        // The time comes at which the first life would have been killed.
        usleep(700_000)
        #expect(supervisor.isAlive && place.files.state(of: id).status == .running(running))
        #expect(try foreground.readAll().exit == exit)
        #expect(try place.ask(id, .kill(signal: SIGKILL)) == .done)
        #expect(place.exit(of: id)?.code == 137)
    }

    @Test func `the end of the foreground's input is the container's`() throws {
        let (_, foreground) = try run("cat; echo done") { $0.openInput = true }
        #expect(try foreground.stream.send(input: Array("hello\n".utf8)))
        try foreground.stream.endInput()
        let (output, _, exit) = try foreground.readAll()
        #expect(String(decoding: output, as: UTF8.self) == "hello\ndone\n")
        #expect(exit?.code == 0)
    }

    @Test func `without an open input the container reads an end at once`() throws {
        let (_, foreground) = try run("cat; echo done")
        #expect(try String(decoding: foreground.readAll().output, as: UTF8.self) == "done\n")
    }

    @Test func `a slow foreground gets every byte, since the container waits for it`() throws {
        let (_, foreground) = try run("yes 0123456789abcde | head -c 4000000")
        let (output, _, exit) = try foreground.readAll(pausing: 500)
        #expect(output.count == 4_000_000)
        #expect(exit?.code == 0)
    }

    @Test func `whoever attaches later and does not read is let go, and the container goes on`() throws {
        let id = try place.make("sleep 0.2; yes 0123456789abcde | head -c 4000000; echo; echo over")
        guard case .started = try place.supervise(id) else { return }
        let stream = try place.client(id).attach(input: false)
        #expect(place.exit(of: id)?.code == 0)
        #expect(place.log(of: id).hasSuffix("over\n"))
        let number = stream.descriptor
        #expect(number >= 0)
    }

    @Test func `a terminal echoes, takes input and a size`() throws {
        let (id, foreground) = try run("stty size; read line; stty size; echo got $line") { $0.terminal = true }
        _ = try foreground.read(until: "\n")
        try foreground.stream.resize(rows: 33, columns: 99)
        #expect(try foreground.stream.send(input: Array("abc\r".utf8)))
        let output = try foreground.read(until: "got abc")
        #expect(output.contains("33 99"))
        #expect(place.exit(of: id)?.code == 0)
    }

    @Test func `much input waits in bounds until the container takes it`() throws {
        let (_, foreground) = try run("sleep 0.3; cat | tail -c 6") { $0.openInput = true }
        let line = Array((String(repeating: "z", count: 1_023) + "\n").utf8)
        for _ in 0..<2_000 { #expect(try foreground.stream.send(input: line)) }
        #expect(try foreground.stream.send(input: Array("over!\n".utf8)))
        try foreground.stream.endInput()
        #expect(try String(decoding: foreground.readAll().output, as: UTF8.self) == "over!\n")
    }

    @Test func `what was typed before whoever typed it left is taken, though its echo is sent to nobody`() throws {
        let (id, foreground) = try run("echo ready; while read line; do echo took $line; done") { $0.terminal = true }
        _ = try foreground.read(until: "ready")
        do {
            let passing = try place.client(id).attach(input: true)
            for number in 1...200 { _ = try passing.send(input: Array("line \(number)\n".utf8)) }
        }
        #expect(place.waitForLog(of: id, "took line 200"))
        #expect(place.log(of: id).ranges(of: "took line").count == 200)
    }

    @Test func `nonsense on the control socket is refused, and the supervisor lives on`() throws {
        let id = try place.make("exec sleep 60")
        guard case .started = try place.supervise(id) else { return }
        let socket = try UnixSocket.connect(to: place.layout.controlSocket(id))
        #expect(try socket.send(Array("{\"explode\": {}}".utf8), waiting: true))
        let answer = try String(decoding: socket.receive(atMost: 4_096, waiting: true) ?? [], as: UTF8.self)
        #expect(answer.contains("refused"))
        #expect(try place.ask(id, .resize(rows: 1, columns: 1)) == .refused("the container has no terminal"))
        #expect(try place.ask(id, .unpause) == .refused("the container is not paused"))
        #expect(try place.ask(id, .kill(signal: SIGKILL)) == .done)
        #expect(place.exit(of: id)?.code == 137)
    }

    @Test func `all who wait are told the end`() throws {
        let id = try place.make("sleep 0.3; exit 6")
        guard case .started = try place.supervise(id) else { return }
        let first = try place.client(id)
        let second = try place.client(id)
        try first.send(.wait)
        try second.send(.wait)
        for reply in [try first.reply(), try second.reply()] {
            guard case .exited(let exit) = reply else {
                Issue.record("\(reply)")
                continue
            }
            #expect(exit.code == 6)
        }
    }
}
