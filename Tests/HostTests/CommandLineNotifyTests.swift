import Glibc
import Linux
import Records
import TestSupport
import Testing

/// What `run` tells a service manager that waits for the container. See sd_notify(3).
@Suite(
    .serialized,
    .enabled(
        if: CommandLinePlace.obstacle == nil && Hostile.obstacle == nil,
        Comment(rawValue: CommandLinePlace.obstacle ?? Hostile.obstacle ?? "")))
final class CommandLineNotifyTests {
    private let place: CommandLinePlace
    private let manager: FileDescriptor

    init() throws {
        place = try CommandLinePlace()
        let program = try #require(Hostile.program)
        try Files.replace("\(place.rootfs)/bin/hostile", with: Files.read(program), mode: 0o755, durable: false)
        chmod("\(place.rootfs)/bin/hostile", 0o755)
        let path = "\(place.folder)/manager"
        manager = try UnixSocket.receiveMessages(at: path)
        place.environment.append("NOTIFY_SOCKET=\(path)")
    }

    private var heard: [String] {
        var all: [String] = []
        while let message = try? manager.receive(atMost: 4096, waiting: false) {
            all.append(String(decoding: message, as: UTF8.self))
        }
        return all
    }

    private func supervisor(of name: String) -> String {
        let id = place.run("ps", "-aq", "--no-trunc", "--filter", "name=\(name)").output.filter { !$0.isNewline }
        return "\(StateFiles(place.layout).state(of: id).supervisor?.pid ?? 0)"
    }

    @Test func `a service is ready once its container runs, and boxtop is what is watched`() throws {
        let boxtop = try #require(place.start(["run", "--rm", "--rootfs", place.rootfs, "true"]))
        #expect(CommandLinePlace.wait(for: boxtop) == 0)
        #expect(heard == ["READY=1\nMAINPID=\(boxtop)"])
    }

    @Test func `in the background it is the supervisor`() {
        #expect(place.container("-d", "--name", "c", "sleep", "100").code == 0)
        #expect(heard == ["READY=1\nMAINPID=\(supervisor(of: "c"))"])
    }

    @Test func `a container that speaks for itself is ready when it says so, and says nothing else`() throws {
        let script = "hostile say MAINPID=1 && hostile say STATUS=READY=1 && hostile say READY=1; exit 3"
        let words = ["run", "--rm", "--sdnotify", "container", "--rootfs", place.rootfs, "sh", "-c", script]
        let boxtop = try #require(place.start(words))
        #expect(CommandLinePlace.wait(for: boxtop) == 3)
        #expect(heard == ["READY=1\nMAINPID=\(boxtop)"])
    }

    @Test func `in the background it is waited for`() {
        let script = "sleep 0.5; echo asked; hostile say READY=1; sleep 100"
        #expect(place.container("-d", "--name", "c", "--sdnotify", "container", "sh", "-c", script).code == 0)
        #expect(place.run("logs", "c").output == "asked\n")
        #expect(heard == ["READY=1\nMAINPID=\(supervisor(of: "c"))"])
        // One that ends without a word holds nobody up.
        #expect(place.container("-d", "--sdnotify", "container", "true").code == 0)
        #expect(heard == [])
    }

    @Test func `where nobody is to be told, nobody is, and what is gone is a warning`() {
        let script = "test ! -e /run/notify && echo \"none$NOTIFY_SOCKET\""
        #expect(place.container("--rm", "--sdnotify=ignore", "sh", "-c", script).output == "none\n")
        #expect(heard == [])
        unlink("\(place.folder)/manager")
        let told = place.container("--rm", "true")
        #expect(told.code == 0)
        #expect(told.error.contains("boxtop: nobody hears at NOTIFY_SOCKET that the container is ready"))
    }
}
