import Cgroups
import Glibc
import JSON
import Linux
import OCI
import Testing

/// Attacks that need a program of the attacker's own, each tried from inside a container.
@Suite(.enabled(if: Hostile.obstacle == nil, Comment(rawValue: Hostile.obstacle ?? "")))
struct HostileProgramTests {
    /// A container that attacks for two seconds whoever comes in, while others come in.
    private func visit(_ attack: String, _ comeIn: (RuntimeBundle) throws -> Void) throws -> String {
        let bundle = try RuntimeBundle("hostile \(attack) 2 > /out 2>&1; sleep 60")
        try bundle.arm()
        symlink("/proc/self/exe", "\(bundle.folder)/rootfs/evil")
        bundle.spec.process?.capabilities = .init(["CAP_DAC_OVERRIDE", "CAP_KILL", "CAP_SYS_CHROOT"])
        bundle.spec.process?.noNewPrivileges = false
        #expect(try bundle.run("--detach").status == 0)
        for _ in 0..<12 { try comeIn(bundle) }
        usleep(2_200_000)
        return Files.text("\(bundle.folder)/rootfs/out") ?? "nothing"
    }

    @Test func `the runtime's own program cannot be overwritten by who is entered (CVE-2019-5736)`() throws {
        let before = try Files.read(RuntimeBundle.program).count
        let heard = try visit("overwrite") { bundle in
            _ = try bundle.call("exec", bundle.id, "/evil", "-v")
            _ = try bundle.call("exec", bundle.id, "/bin/true")
            try enter(bundle, "/evil", "-v")
        }
        #expect(!heard.contains("writable \(before)"), "\(heard)")
    }

    @Test func `every verb that goes near a container executes a sealed file (CVE-2019-5736)`() throws {
        let bundle = try RuntimeBundle("sleep 60")
        #expect(try bundle.run("--detach").status == 0)
        func calls(_ words: [String]) throws -> Int {
            let log = "\(bundle.folder)/calls"
            _ = try bundle.call(words, through: ["strace", "-qq", "-e", "trace=execveat", "-o", log])
            return (Files.text(log) ?? "").split(separator: "\n").count
        }
        for verb in ["exec", "enter", "run", "create", "supervise"] { #expect(try calls([verb]) == 1) }
        for verb in ["state", "list", "kill"] { #expect(try calls([verb, bundle.id]) == 0) }
    }

    /// As `boxtop exec` does it.
    private func enter(_ bundle: RuntimeBundle, _ words: String...) throws {
        var process = try #require(bundle.spec.process)
        process.args = words
        let (state, file) = ("\(bundle.stateFolder)/state.json", "\(bundle.folder)/process")
        try Files.replace(file, with: JSON.encode(process), durable: false)
        struct Entry: Decodable { var pid: Int32, startTime: UInt64 }
        let entry = try JSON.decode(Entry.self, from: Files.read(state))
        _ = try bundle.call(
            [
                "enter", "--pid", "\(entry.pid)", "--start-time", "\(entry.startTime)", "--config",
                "\(bundle.stateFolder)/config.json", "--report-fd", "3", "--process-fd", "4",
            ], through: ["sh", "-c", "exec \"$@\" 3>/dev/null 4<\(file)", "sh"])
    }

    @Test func `who is on the way in cannot be traced or read`() throws {
        let heard = try visit("peek") { bundle in _ = try bundle.call("exec", bundle.id, "/bin/true") }
        #expect(!heard.contains("peeked") && !heard.contains("traced"), "\(heard)")
    }

    @Test func `a mount's destination that is swapped for a link while it is mounted leads nowhere outside`() throws {
        let bundle = try RuntimeBundle("true")
        let (root, outside) = ("\(bundle.folder)/rootfs", "\(bundle.folder)/outside")
        try Files.makeDirectories("\(outside)/deep")
        try Files.makeDirectories("\(root)/swap/deep")
        symlink(outside, "\(root)/other")
        let program = try #require(Hostile.program)
        let start = "\(program) exchange \(root)/swap \(root)/other & echo $! > \(bundle.folder)/swapper"
        #expect(system(start) == 0)
        defer {
            let pid = (Files.text("\(bundle.folder)/swapper") ?? "").filter(\.isNumber)
            if let pid = pid_t(pid) { kill(pid, SIGKILL) }
        }
        let before = Files.text("/proc/self/mountinfo")
        for number in 0..<40 {
            // Folders that the runtime has to make: a mount elsewhere would be seen by nobody.
            bundle.spec.mounts.append(.init(destination: "/swap/deep/made\(number)", type: "tmpfs"))
            _ = try bundle.run()
            bundle.spec.mounts.removeLast()
        }
        #expect(Files.text("/proc/self/mountinfo") == before)
        #expect(try Files.names(in: outside) == ["deep"])
        #expect(try Files.names(in: "\(outside)/deep") == [])
    }

    @Test func `nothing can be typed on the terminal of who started the container (TIOCSTI)`() throws {
        let bundle = try RuntimeBundle("hostile type; (: < /dev/tty) || echo none")
        try bundle.arm()
        _ = try bundle.run()
        let words = "\(RuntimeBundle.program) --root \(bundle.folder)/state run --bundle \(bundle.folder) \(bundle.id)"
        let log = "\(bundle.folder)/typed"
        #expect(system("script --quiet --return --command '\(words)' \(log) </dev/null >/dev/null 2>&1") >= 0)
        let heard = Files.text(log) ?? ""
        #expect(heard.contains("none"), "\(heard)")
        #expect(!heard.contains("typed"), "\(heard)")
    }

    @Test func `keys of the caller's session are not found inside`() throws {
        let bundle = try RuntimeBundle("hostile key; echo done")
        try bundle.arm()
        bundle.spec.linux?.maskedPaths = []
        guard let program = Hostile.program else { return }
        let outcome = try bundle.run(through: [program, "plant"])
        if outcome.status == 77 { return }  // a kernel without keyrings has none to share
        #expect(outcome.lines == ["done"], "\(outcome.output)\(outcome.errors)")
    }

    @Test(arguments: [(true, "1000"), (false, "0")])
    func `a setuid program gives root only where new privileges are allowed`(forbidden: Bool, user: String) throws {
        let bundle = try RuntimeBundle("hostile uid")
        try bundle.arm(mode: 0o4755)
        bundle.spec.process?.user = .init(uid: 1000, gid: 1000)
        bundle.spec.process?.capabilities = .init(bounding: ["CAP_KILL"])
        bundle.spec.process?.noNewPrivileges = forbidden
        #expect(try bundle.run().lines == [user])
    }

    @Test func `a fork bomb stops at the limit, and leaves nothing`() throws {
        let bundle = try RuntimeBundle("hostile bomb 5000")
        try bundle.arm()
        bundle.spec.linux?.resources?.pids = .init(limit: 40)
        let outcome = try bundle.run()
        #expect(Int(outcome.lines.first ?? "").map { $0 < 40 } == true, "\(outcome.output)\(outcome.errors)")
        #expect(try !bundle.group().exists)
    }

    @Test func `a flood of zombies stops at the limit, and goes with the container`() throws {
        let bundle = try RuntimeBundle("exec hostile zombies 5000")
        try bundle.arm()
        bundle.spec.linux?.resources?.pids = .init(limit: 40)
        #expect(try bundle.run("--detach").status == 0)
        usleep(300_000)
        #expect(try bundle.call("delete", "--force", bundle.id).status == 0)
        #expect(try !bundle.group().exists)
    }

    @Test func `who eats all memory is killed alone`() throws {
        let neighbour = try RuntimeBundle("sleep 60")
        #expect(try neighbour.run("--detach").status == 0)
        let bundle = try RuntimeBundle("exec hostile eat")
        try bundle.arm()
        bundle.spec.linux?.resources?.memory = .init(limit: 32 << 20, swap: 32 << 20)
        #expect(try bundle.run().status == 137)
        #expect(try neighbour.state().status == .running)
    }

    @Test func `a container that ignores every signal is ended all the same`() throws {
        let bundle = try RuntimeBundle("exec hostile deaf")
        try bundle.arm()
        #expect(try bundle.run("--detach").status == 0)
        for signal in ["TERM", "INT", "HUP"] { #expect(try bundle.call("kill", bundle.id, signal).status == 0) }
        #expect(try bundle.state().status == .running)
        #expect(try bundle.call("kill", bundle.id, "KILL").status == 0)
        for _ in 0..<200 where try bundle.state().status != .stopped { usleep(10_000) }
        #expect(try bundle.state().status == .stopped)
        #expect(try bundle.call("delete", bundle.id).status == 0)
    }
}
