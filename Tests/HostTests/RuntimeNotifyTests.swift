import Glibc
import Linux
import OCI
import TestSupport
import Testing

/// What a container's `READY=1` becomes where a service manager waits for it. See sd_notify(3).
@Suite(.enabled(if: Hostile.obstacle == nil, Comment(rawValue: Hostile.obstacle ?? "")))
struct RuntimeNotifyTests {
    /// A bundle, and a manager that listens on the host.
    private final class Place {
        let bundle: RuntimeBundle
        let manager: FileDescriptor
        let path: String

        init(_ script: String) throws {
            bundle = try RuntimeBundle(script)
            try bundle.arm()
            path = "\(bundle.folder)/manager"
            manager = try UnixSocket.receiveMessages(at: path)
        }

        var heard: [String] {
            var all: [String] = []
            while let message = try? manager.receive(atMost: 4096, waiting: false) {
                all.append(String(decoding: message, as: UTF8.self))
            }
            return all
        }

        /// As a manager would start the runtime.
        var asService: [String] { ["env", "NOTIFY_SOCKET=\(path)"] }
    }

    @Test func `run says it again, and nothing else that the container says`() throws {
        let place = try Place(
            "hostile say 'MAINPID=1' && hostile say 'STATUS=READY=1' && hostile say READY=1; sleep 0.3")
        let outcome = try place.bundle.run(through: place.asService)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(place.heard == ["READY=1"])
    }

    @Test(arguments: [false, true]) func `in the background it waits for the word, and says whom to watch`(
        hasUsers: Bool
    ) throws {
        let place = try Place(
            "sleep 0.3; touch /asked; hostile say \"$(printf 'STATUS=up\nREADY=1\nMAINPID=1')\"; sleep 60")
        if hasUsers { place.bundle.giveUsers() }
        let outcome = try place.bundle.run("--detach", through: place.asService)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(Files.exists("\(place.bundle.folder)/rootfs/asked"))
        let pid = try #require(place.bundle.state().pid)
        #expect(place.heard == ["READY=1\nMAINPID=\(pid)"])
    }

    @Test func `start waits where create has made the socket`() throws {
        let place = try Place("hostile say READY=1; sleep 60")
        place.bundle.spec.process?.env.append("NOTIFY_SOCKET=/of/the/image")
        #expect(try place.bundle.create(through: place.asService).status == 0)
        #expect(place.heard == [])
        let started = try place.bundle.call(["start", place.bundle.id], through: place.asService)
        #expect(started.status == 0, "\(started.errors)")
        let pid = try #require(place.bundle.state().pid)
        #expect(place.heard == ["READY=1\nMAINPID=\(pid)"])
    }

    @Test func `a program that ends without a word holds nobody up`() throws {
        let place = try Place("exit 3")
        #expect(try place.bundle.run("--detach", through: place.asService).status == 0)
        #expect(place.heard == [])
    }

    @Test func `a manager that is gone is a warning`() throws {
        let place = try Place("hostile say READY=1; sleep 0.3")
        unlink(place.path)
        let outcome = try place.bundle.run(through: place.asService)
        #expect(outcome.status == 0)
        #expect(outcome.errors.contains("warning: nobody hears at NOTIFY_SOCKET that the container is ready"))
    }

    @Test func `without a manager there is no socket`() throws {
        let bundle = try RuntimeBundle("test ! -e /run/notify && echo \"none$NOTIFY_SOCKET\"")
        #expect(try bundle.run().lines == ["none"])
    }
}
