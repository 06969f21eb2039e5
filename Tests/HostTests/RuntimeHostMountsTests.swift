import Glibc
import Linux
import OCI
import Testing

/// What of the host's mounts a container touches, and what of its own would show there.
@Suite(.enabled(if: RuntimeBundle.obstacle == nil, Comment(rawValue: RuntimeBundle.obstacle ?? "")))
struct RuntimeHostMountsTests {
    /// Runs the verb where the bundle lies on a shared file system, as on a host of systemd's; then counts what is
    /// mounted below the bundle.
    private func shared(_ bundle: RuntimeBundle) -> [String] {
        let (folder, count) = (bundle.folder, "grep -c ' \(bundle.folder)/' /proc/self/mountinfo")
        return [
            "unshare", "--mount", "--propagation", "private", "sh", "-c",
            "mount --bind \(folder) \(folder); mount --make-shared \(folder); \"$@\"; echo $?; \(count)", "sh",
        ]
    }

    private func hook(_ script: String) -> OCI.RuntimeSpec.Hook {
        .init(path: "/bin/sh", args: ["sh", "-c", script], env: ["PATH=/bin:/usr/bin"])
    }

    enum Shape: CaseIterable { case users, propagated, hooked }

    @Test(arguments: Shape.allCases)
    func `a bundle on a shared mount gets none of the container's mounts`(shape: Shape) throws {
        let bundle = try RuntimeBundle("echo inside")
        if shape == .users {
            bundle.giveUsers()
        } else {
            bundle.spec.linux?.rootfsPropagation = "shared"
        }
        if shape == .hooked { bundle.spec.hooks = .init(createRuntime: [hook("true")]) }
        let outcome = try bundle.run(through: shared(bundle))
        #expect(outcome.lines == ["inside", "0", "0"], "\(outcome.output)\(outcome.errors)")
    }

    @Test func `a bind mount of a shared one is no way to mount on the host`() throws {
        let bundle = try RuntimeBundle("mount -t tmpfs none /data/below").addingCommands("mount")
        try Files.makeDirectories("\(bundle.folder)/data/below")
        bundle.spec.process?.capabilities = .init(["CAP_SYS_ADMIN"])
        bundle.giveUsers()
        bundle.spec.mounts.append(
            .init(destination: "/data", type: "bind", source: "data", options: ["bind", "rslave", "shared"]))
        let outcome = try bundle.run(through: shared(bundle))
        #expect(outcome.lines == ["0", "0"], "\(outcome.output)\(outcome.errors)")
    }

    @Test func `without pivot_root the host's root is not in reach, hooks or not`() throws {
        for hasHooks in [true, false] {
            let bundle = try RuntimeBundle("sleep 60").addingCommands("mount")
            if hasHooks { bundle.spec.hooks = .init(createRuntime: [hook("true")]) }
            #expect(try bundle.run("--detach", "--no-pivot").status == 0)
            let listed = try bundle.call("exec", bundle.id, "ls", "/")
            #expect(listed.lines.contains("bin") && !listed.lines.contains("usr"), "\(listed.output)\(listed.errors)")
            #expect(try bundle.call("exec", bundle.id, "cat", "/proc/self/comm").lines == ["cat"])
        }
    }

    @Test func `no device is made in a folder of the host`() throws {
        let bundle = try RuntimeBundle("ls /dev")
        try Files.makeDirectories("\(bundle.folder)/dev/pts")
        bundle.spec.mounts[1] = .init(destination: "/dev", type: "bind", source: "dev")
        bundle.spec.linux?.devices = [.init(type: "c", path: "/dev/mine", major: 1, minor: 3)]
        #expect(try bundle.run().lines == ["pts"])
        #expect(try Files.names(in: "\(bundle.folder)/dev") == ["pts"])
    }

    @Test func `proc is mounted where one is already, and nothing else in it`() throws {
        let bundle = try RuntimeBundle("cat /proc/1/comm")
        bundle.spec.mounts.append(bundle.spec.mounts[0])
        #expect(try bundle.run().lines == ["cat"])
        for type in ["cgroup", "tmpfs"] {
            bundle.spec.mounts[4] = .init(destination: "/proc/sys", type: type, source: type)
            let outcome = try bundle.run()
            #expect(outcome.isRefused && outcome.errors.contains("inside /proc"), "\(type): \(outcome.errors)")
        }
        bundle.spec.mounts[4] = .init(destination: "/proc", type: "tmpfs", source: "tmpfs")
        #expect(try bundle.run().isRefused)
    }

    @Test func `root of a user namespace has the host's devices`() throws {
        let bundle = try RuntimeBundle("echo x >/dev/null && stat -c %t:%T /dev/null")
        bundle.spec.linux?.resources = nil
        bundle.spec.linux?.cgroupsPath = nil
        bundle.spec.mounts.removeAll { $0.type == "sysfs" }
        let outcome = try bundle.run(through: ["unshare", "--user", "--map-root-user", "--mount"])
        #expect(outcome.lines == ["1:3"], "\(outcome.errors)")
    }
}
