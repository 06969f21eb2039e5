import Cgroups
import Glibc
import JSON
import Linux
import OCI
import TestSupport
import Testing

/// What the runtime says, and nobody reads: it ends nothing that is half done.
@Suite(.enabled(if: RuntimeBundle.obstacle == nil, Comment(rawValue: RuntimeBundle.obstacle ?? "")))
struct RuntimeReaderTests {
    /// Runs the verb with a standard error whose reader has gone.
    private func unheard(_ words: String..., by bundle: RuntimeBundle) throws -> String? {
        try Files.replace("\(bundle.folder)/config.json", with: JSON.encode(bundle.spec), durable: false)
        let status = "\(bundle.folder)/status"
        let script = "( sleep 0.2; \"$@\"; echo $? >\(status) ) 2>&1 | true; cat \(status)"
        return try bundle.call(words, through: ["sh", "-c", script, "sh"]).lines.last
    }

    @Test func `a warning that nobody reads is in the log, and the container is made`() throws {
        let bundle = try RuntimeBundle("sleep 60")
        bundle.spec.process?.capabilities?.bounding.append("CAP_FOO")
        let log = "\(bundle.folder)/log"
        #expect(try unheard("--log", log, "create", "-b", bundle.folder, bundle.id, by: bundle) == "0")
        #expect(Files.text(log)?.contains("there is no capability CAP_FOO") == true)
        #expect(try bundle.state().status == .created)
    }

    @Test func `a failure that nobody reads is in the log`() throws {
        let bundle = try RuntimeBundle()
        let log = "\(bundle.folder)/log"
        #expect(try unheard("--log", log, "create", "-b", "/none", bundle.id, by: bundle) == "1")
        #expect(Files.text(log)?.contains("the bundle /none: no such file") == true)
    }

    @Test func `exec runs its program though nobody reads its warning`() throws {
        let bundle = try RuntimeBundle("sleep 60")
        #expect(try bundle.run("--detach").status == 0)
        #expect(try unheard("exec", "-c", "CAP_FOO", bundle.id, "touch", "/ran", by: bundle) == "0")
        #expect(Files.exists("\(bundle.folder)/rootfs/ran"))
    }

    @Test func `a warning that nobody reads is no signal to the program`() throws {
        let bundle = try RuntimeBundle("sleep 0.3; touch /ran")
        bundle.spec.linux?.namespaces.removeAll { $0.type == .pid }
        bundle.spec.process?.capabilities?.bounding.append("CAP_FOO")
        #expect(try unheard("run", "-b", bundle.folder, bundle.id, by: bundle) == "0")
        #expect(Files.exists("\(bundle.folder)/rootfs/ran"))
    }

    @Test func `programs and hooks ignore no signal`() throws {
        let bundle = try RuntimeBundle("grep SigIgn /proc/self/status; sleep 60").addingCommands("grep")
        let hook = "grep SigIgn /proc/self/status >\(bundle.folder)/hook"
        bundle.spec.hooks = .init(createRuntime: [.init(path: "/bin/sh", args: ["sh", "-c", hook])])
        // The two that are the C library's own are left to the caller.
        func ignored(_ text: String?) -> UInt64? {
            text?.split(whereSeparator: \.isWhitespace).last.flatMap { UInt64($0, radix: 16) }.map { $0 & 0x7FFF_FFFF }
        }
        #expect(try bundle.run("--detach").status == 0)
        let file = "\(bundle.folder)/output"
        #expect(eventually { ignored(Files.text(file)) == 0 })
        #expect(ignored(Files.text("\(bundle.folder)/hook")) == 0)
        #expect(ignored(try bundle.call("exec", bundle.id, "grep", "SigIgn", "/proc/self/status").output) == 0)
    }

    @Test func `a list that nobody reads ends without a word`() throws {
        let bundle = try RuntimeBundle()
        let script = "( sleep 0.2; \"$@\"; echo $? >&2 ) | true; sleep 0.4"
        #expect(try bundle.call(["features"], through: ["sh", "-c", script, "sh"]).errors == "141\n")
    }

    /// Runs the verb with a socket in the place of a standard stream, which cannot be opened by its name.
    private func socketed(_ number: Int, _ text: String = "") -> [String] {
        let script = """
            import socket, subprocess, sys
            near, far = socket.socketpair()
            near.send(sys.argv[2].encode())
            near.shutdown(socket.SHUT_WR)
            number = int(sys.argv[1])
            status = subprocess.call(sys.argv[3:], **{["stdin", "stdout", "stderr"][number]: far})
            far.close()
            sys.stdout.buffer.write(near.recv(4096))
            sys.exit(status)
            """
        return ["python3", "-c", script, "\(number)", text]
    }

    @Test func `update reads its document from a socket`() throws {
        let bundle = try RuntimeBundle("sleep 60")
        #expect(try bundle.run("--detach").status == 0)
        let outcome = try bundle.call(
            ["update", "-r", "-", bundle.id], through: socketed(0, #"{"pids": {"limit": 43}}"#))
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try bundle.group().limits().processes == 43)
    }

    @Test func `what a hook says that went well goes to a socket as well`() throws {
        let bundle = try RuntimeBundle("true")
        bundle.spec.hooks = .init(createRuntime: [.init(path: "/bin/sh", args: ["sh", "-c", "echo said >&2"])])
        #expect(try bundle.run(through: socketed(2)).lines == ["said"])
        #expect(try bundle.call(["supervise"], through: socketed(2)).output.contains("usage: boxtop-runtime supervise"))
        #expect(try bundle.call(["enter"], through: socketed(2)).output.contains("usage: boxtop-runtime enter"))
    }
}
