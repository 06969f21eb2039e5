import Glibc
import Linux
import OCI
import Testing

/// Hooks that misbehave, and what they are given.
@Suite(.enabled(if: RuntimeBundle.obstacle == nil, Comment(rawValue: RuntimeBundle.obstacle ?? "")))
struct RuntimeHookTests {
    private func hook(_ script: String, timeout: Int? = nil) -> OCI.RuntimeSpec.Hook {
        .init(path: "/bin/sh", args: ["sh", "-c", script], env: ["PATH=/bin:/usr/bin"], timeout: timeout)
    }

    @Test(arguments: [true, false])
    func `a hook that reads nothing is ended in time, however much it is told`(inside: Bool) throws {
        let bundle = try RuntimeBundle("true")
        for number in 0..<150 { bundle.spec.annotations["a\(number)"] = String(repeating: "x", count: 1_000) }
        let slow = hook("exec sleep 30", timeout: 1)
        bundle.spec.hooks = inside ? .init(createContainer: [slow]) : .init(createRuntime: [slow])
        let start = MonotonicTime.now
        #expect(try bundle.run().errors.contains("did not end in time"))
        #expect(MonotonicTime.now.seconds(since: start) < 15)
    }

    @Test(arguments: ["", "--no-pivot"])
    func `a root where its own user may not come to is run with hooks too`(option: String) throws {
        let bundle = try RuntimeBundle("true")
        bundle.spec.linux?.namespaces.append(.init(.user))
        bundle.spec.linux?.uidMappings = [.init(containerID: 0, hostID: 100_000, size: 1_000)]
        bundle.spec.linux?.gidMappings = [.init(containerID: 0, hostID: 100_000, size: 1_000)]
        bundle.spec.hooks = .init(createRuntime: [hook("true")])
        #expect(system("chown -R 100000:100000 \(bundle.folder)/rootfs && chmod 700 \(bundle.folder)") == 0)
        let outcome = try option.isEmpty ? bundle.run() : bundle.run(option)
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    @Test func `a hook is told all of a state that is longer than a pipe`() throws {
        let bundle = try RuntimeBundle("true")
        bundle.spec.annotations["long"] = String(repeating: "x", count: 200_000)
        bundle.spec.hooks = .init(createRuntime: [hook("wc -c >\(bundle.folder)/count", timeout: 20)])
        #expect(try bundle.run().status == 0)
        let count = Int((Files.text("\(bundle.folder)/count") ?? "").filter(\.isNumber))
        #expect(count ?? 0 > 200_000)
    }

    @Test(arguments: [([], "none\n"), (nil, "set\n")] as [([String]?, String)])
    func `a hook has the environment that it is given, and the caller's where nothing is said`(
        environment: [String]?, mark: String
    ) throws {
        let bundle = try RuntimeBundle("true")
        let script = "echo ${MARK:-none} >\(bundle.folder)/mark"
        bundle.spec.hooks = .init(
            createRuntime: [.init(path: "/bin/sh", args: ["sh", "-c", script], env: environment)])
        #expect(try bundle.run(through: ["env", "MARK=set"]).status == 0)
        #expect(Files.text("\(bundle.folder)/mark") == mark)
    }

    @Test func `a hook that is not there, or cannot be run, says so`() throws {
        for (path, reason) in [("/none", "no such file or directory"), ("/etc/passwd", "permission denied")] {
            let bundle = try RuntimeBundle("true")
            bundle.spec.hooks = .init(prestart: [.init(path: path)])
            #expect(try bundle.run().errors.contains("run the hook \(path): \(reason)"))
        }
    }

    @Test(arguments: ["program", "folder", "--pid-file"])
    func `what hooks have begun, those of the end clear away, wherever the launch fails`(fault: String) throws {
        let bundle = try RuntimeBundle("sleep 60")
        let log = "\(bundle.folder)/log"
        bundle.spec.hooks = .init(
            createRuntime: [hook("echo up >>\(log)")], poststop: [hook("echo down >>\(log)")])
        if fault == "program" { bundle.spec.process?.args = ["/bin/nope"] }
        if fault == "folder" { bundle.spec.process?.cwd = "/bin/busybox" }
        let outcome = try fault.hasPrefix("-") ? bundle.run("-d", fault, "/nope/x") : bundle.run("-d")
        #expect(outcome.status != 0)
        #expect(Files.text(log) == "up\ndown\n", "\(outcome.errors)")
        #expect(!Files.exists(bundle.stateFolder))
    }

    @Test func `a time that nobody waits for is as good as none`() throws {
        let bundle = try RuntimeBundle("true")
        bundle.spec.hooks = .init(createRuntime: [hook("true", timeout: .max)])
        #expect(try bundle.run().status == 0)
    }

    @Test func `files of a hook have the permissions that the caller's mask leaves`() throws {
        let bundle = try RuntimeBundle("umask")
        bundle.spec.hooks = .init(
            createRuntime: [hook("umask >\(bundle.folder)/runtime")],
            createContainer: [hook("umask >\(bundle.folder)/container")])
        let outcome = try bundle.run(through: ["sh", "-c", "umask 027; exec \"$@\"", "sh"])
        #expect(outcome.lines == ["0022"])
        for name in ["runtime", "container"] { #expect(Files.text("\(bundle.folder)/\(name)") == "0027\n") }
    }

    @Test func `signals that the caller ignores reach hooks and the program all the same`() throws {
        let bundle = try RuntimeBundle("cat /proc/self/status; exit 3")
        bundle.spec.hooks = .init(createRuntime: [hook("cat /proc/self/status >\(bundle.folder)/hook")])
        let wrapper = [
            "python3", "-c",
            "import os, signal, sys\n"
                + [
                    "for name in ('CHLD', 'INT', 'QUIT', 'USR1', 'TERM', 'HUP'):",
                    "    signal.signal(getattr(signal, 'SIG' + name), signal.SIG_IGN)",
                    "os.execvp(sys.argv[1], sys.argv[1:])",
                ].joined(separator: "\n"),
        ]
        let outcome = try bundle.run(through: wrapper)
        #expect(outcome.status == 3, "\(outcome.errors)")
        for text in [outcome.output, Files.text("\(bundle.folder)/hook") ?? ""] {
            let line = text.split(separator: "\n").first { $0.hasPrefix("SigIgn:") }
            let ignored = try #require(line.flatMap { UInt64($0.drop { $0 != "\t" }.dropFirst(), radix: 16) })
            // Above 31 are those that libc keeps for itself.
            #expect(ignored & 0x7fff_ffff == 0, "\(text)")
        }
    }
}
