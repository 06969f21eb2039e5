import Glibc
import Linux
import OCI
import TestSupport
import Testing

/// The container's terminal and who is at its other side.
@Suite(.enabled(if: RuntimeBundle.obstacle == nil, Comment(rawValue: RuntimeBundle.obstacle ?? "")))
struct RuntimeConsoleTests {
    @Test func `who reads slowly of an output that does not wait gets all of it`() throws {
        let bundle = try RuntimeBundle("stty raw -echo; yes | head -c 1000000; exit 3")
            .addingCommands("stty", "yes", "head")
        bundle.spec.process?.terminal = true
        let reading = """
            import fcntl, os, subprocess, sys, time
            reader, writer = os.pipe()
            fcntl.fcntl(writer, fcntl.F_SETFL, os.O_NONBLOCK)
            runtime = subprocess.Popen(sys.argv[1:], stdout=writer)
            os.close(writer)
            time.sleep(0.5)
            count = 0
            while piece := os.read(reader, 1 << 16):
                count += len(piece)
                time.sleep(0.001)
            print(count, runtime.wait())
            """
        let limit = ["timeout", "--signal=KILL", "\(Int(20 * patience))"]
        let outcome = try bundle.run(through: ["python3", "-c", reading] + limit)
        #expect(outcome.lines == ["1000000 3"], "\(outcome.output)\(outcome.errors)")
    }

    @Test func `a console socket where nobody listens is told of before anything is launched`() throws {
        let bundle = try RuntimeBundle("true")
        bundle.spec.process?.terminal = true
        let log = "\(bundle.folder)/log"
        bundle.spec.hooks = .init(createRuntime: [.init(path: "/usr/bin/touch", args: ["touch", log])])
        let outcome = try bundle.create("--console-socket", "\(bundle.folder)/nowhere")
        #expect(outcome.isRefused, "\(outcome.status)")
        #expect(outcome.errors.contains("connect to \(bundle.folder)/nowhere"), "\(outcome.errors)")
        #expect(!Files.exists(log) && !Files.exists(bundle.stateFolder))
    }

    @Test(arguments: [true, false])
    func `who has no room for one more connection is not waited for`(isConsole: Bool) throws {
        let bundle = try RuntimeBundle("true")
        let socket = "\(bundle.folder)/socket"
        if isConsole {
            bundle.spec.process?.terminal = true
        } else {
            bundle.spec.linux?.seccomp = .init(
                defaultAction: "SCMP_ACT_ALLOW", syscalls: [.init(names: ["mkdir"], action: "SCMP_ACT_NOTIFY")])
            bundle.spec.linux?.seccomp?.listenerPath = socket
        }
        let filling = """
            import socket, subprocess, sys
            listener = socket.socket(socket.AF_UNIX)
            listener.bind("\(socket)")
            listener.listen(0)
            waiting = []
            try:
                while True:
                    waiting.append(socket.socket(socket.AF_UNIX))
                    waiting[-1].setblocking(False)
                    waiting[-1].connect("\(socket)")
            except BlockingIOError: pass
            sys.exit(subprocess.run(sys.argv[1:]).returncode)
            """
        let wrapper = ["python3", "-c", filling, "timeout", "--signal=KILL", "\(Int(20 * patience))"]
        let outcome =
            try isConsole
            ? bundle.create("--console-socket", socket, through: wrapper) : bundle.create(through: wrapper)
        #expect(outcome.isRefused, "\(outcome.status)")
        #expect(outcome.errors.contains(socket) && outcome.errors.contains("temporarily"), "\(outcome.errors)")
        #expect(!Files.exists(bundle.stateFolder))
    }
}
