import Glibc
import Linux
import OCI
import TestSupport
import Testing

/// Filters that deny what a runtime needs itself: they are the program's alone.
@Suite(.enabled(if: RuntimeBundle.obstacle == nil, Comment(rawValue: RuntimeBundle.obstacle ?? "")))
struct RuntimeSeccompTests {
    private func bundle(
        _ script: String, denying names: [String], _ action: String = "SCMP_ACT_ERRNO", errno: UInt32? = nil,
        noNewPrivileges: Bool = true
    ) throws -> RuntimeBundle {
        let bundle = try RuntimeBundle(script)
        bundle.spec.process?.noNewPrivileges = noNewPrivileges
        bundle.spec.linux?.seccomp = .init(
            defaultAction: "SCMP_ACT_ALLOW", syscalls: [.init(names: names, action: action, errnoRet: errno)])
        return bundle
    }

    @Test(
        arguments: [
            ("sendmsg", "SCMP_ACT_ERRNO", true), ("sendmsg", "SCMP_ACT_ERRNO", false),
            ("sendmsg", "SCMP_ACT_KILL_PROCESS", true), ("sendmsg", "SCMP_ACT_KILL_PROCESS", false),
            ("read", "SCMP_ACT_ERRNO", true), ("write", "SCMP_ACT_ERRNO", true), ("write", "SCMP_ACT_ERRNO", false),
        ])
    func `a container is created, and runs, whatever its profile denies that a creation needs`(
        name: String, action: String, noNewPrivileges: Bool
    ) throws {
        let bundle = try bundle("", denying: [name], action, noNewPrivileges: noNewPrivileges)
        bundle.spec.process?.args = ["sleep", "60"]
        let outcome = try bundle.create(through: ["timeout", "--signal=KILL", "\(Int(20 * patience))"])
        #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
        #expect(try bundle.state().status == .created)
        #expect(try bundle.call("start", bundle.id).status == 0)
        #expect(try bundle.state().status == .running)
    }

    @Test(arguments: [true, false])
    func `the program is found where the profile denies to look at files`(noNewPrivileges: Bool) throws {
        let names = ["stat", "newfstatat", "statx", "access", "faccessat", "faccessat2"]
        let bundle = try bundle("echo hi", denying: names, noNewPrivileges: noNewPrivileges)
        // Nobody but its user may look it up where it lies.
        bundle.spec.process?.user = .init(uid: 5, gid: 5)
        bundle.spec.process?.env = ["PATH=/own"]
        symlink("/bin/busybox", "\(bundle.folder)/rootfs/own-sh")
        try Files.makeDirectories("\(bundle.folder)/rootfs/own")
        rename("\(bundle.folder)/rootfs/own-sh", "\(bundle.folder)/rootfs/own/sh")
        chown("\(bundle.folder)/rootfs/own", 5, 5)
        chmod("\(bundle.folder)/rootfs/own", 0o700)
        let outcome = try bundle.run()
        #expect(outcome.lines == ["hi"], "\(outcome.errors)")
        bundle.spec.process?.args = ["sleep", "60"]
        symlink("/bin/busybox", "\(bundle.folder)/rootfs/own/sleep")
        #expect(try bundle.run("--detach").status == 0)
        let further = try bundle.call("exec", bundle.id, "sh", "-c", "echo further")
        #expect(further.lines == ["further"], "\(further.errors)")
    }

    @Test func `without no_new_privs the program has the capabilities it is given, and its filter`() throws {
        let bundle = try bundle("cat /proc/self/status", denying: ["mkdir"], noNewPrivileges: false)
        bundle.spec.process?.user = .init(uid: 5, gid: 5)
        bundle.spec.process?.capabilities?.ambient = ["CAP_KILL"]
        bundle.spec.process?.capabilities?.inheritable = ["CAP_KILL"]
        let lines = try bundle.run().lines
        for name in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] {
            #expect(lines.contains("\(name):\t0000000000000020"), "\(name)")
        }
        #expect(lines.contains("Seccomp:\t2") && lines.contains("NoNewPrivs:\t0"))
    }

    @Test(arguments: [(UInt32(ENOSYS), true), (UInt32(EPERM), true), (UInt32(ENOSYS), false)])
    func `hooks in the container run under its filter, which seldom allows clone3`(
        errno: UInt32, noNewPrivileges: Bool
    ) throws {
        let bundle = try bundle("true", denying: ["clone3"], errno: errno, noNewPrivileges: noNewPrivileges)
        let script = "busybox grep Seccomp: /proc/self/status >/saw"
        bundle.spec.hooks = .init(startContainer: [.init(path: "/bin/sh", args: ["sh", "-c", script])])
        let outcome = try bundle.run()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(Files.text("\(bundle.folder)/rootfs/saw") == "Seccomp:\t2\n")
    }

    @Test func `a profile is compiled for who has so many pipes that a further one holds little`() throws {
        let bundle = try bundle("echo ran", denying: ["mkdir"])
        let wrapper = bundle.giveToOrdinaryUser()
        // Nineteen thousand bytes of it, where such a pipe has eight.
        bundle.spec.linux?.seccomp?.syscalls = (0..<600).map { number in
            .init(
                names: ["kill"], action: "SCMP_ACT_ERRNO",
                args: [.init(index: 1, value: number << 32 + 1_000 + number, op: "SCMP_CMP_EQ")])
        }
        let filling = """
            import fcntl, os, sys
            pipes = []
            try:
                while True:
                    pipes.append(os.pipe())
                    fcntl.fcntl(pipes[-1][1], fcntl.F_SETPIPE_SZ, 1 << 20)
            except PermissionError: pass
            while fcntl.fcntl(pipes[-1][1], fcntl.F_GETPIPE_SZ) > 8192: pipes.append(os.pipe())
            for pipe in pipes: os.set_inheritable(pipe[0], True)
            os.execvp(sys.argv[1], sys.argv[1:])
            """
        let outcome = try bundle.run(through: wrapper + ["timeout", "20", "python3", "-c", filling])
        #expect(outcome.lines == ["ran"], "\(outcome.status) \(outcome.errors)")
    }
}
