import Cgroups
import Glibc
import JSON
import Linux
import OCI
import TestSupport
import Testing

/// Control groups that a container has not to itself: what is not the container's is neither killed nor lost.
@Suite(.enabled(if: RuntimeBundle.obstacle == nil, Comment(rawValue: RuntimeBundle.obstacle ?? "")))
struct RuntimeGroupTests {
    private func isRunning(_ id: String, of bundle: RuntimeBundle) throws -> Bool {
        try bundle.call("state", id).output.contains("\"running\"")
    }

    /// Runs what it is followed by in `group`.
    private func entering(_ group: Cgroup, then rest: String) -> [String] {
        let moves = group.hierarchy.trees.map { "echo 0 >\($0.mountPoint)\(group.path)/cgroup.procs" }
        return ["sh", "-c", (moves + [rest]).joined(separator: "; "), "sh"]
    }

    /// - Parameter path: the other's group, from the container's own: of cgroup v2 only one has processes.
    @Test(arguments: Hierarchy.discover().trees.contains { $0.version == .v1 } ? ["", "/below"] : [""])
    func `the end of one container is not that of another in its group, or below it`(path: String) throws {
        let bundle = try RuntimeBundle("sleep 60")
        #expect(try bundle.run("--detach").status == 0)
        let other = "\(bundle.id)-other"
        bundle.spec.linux?.cgroupsPath? += path
        let configuration = "\(bundle.folder)/other.json"
        try Files.replace(configuration, with: try JSON.encode(bundle.spec), durable: false)
        let made = try bundle.call("run", "--detach", "--bundle", bundle.folder, "--config", configuration, other)
        #expect(made.status == 0, "\(made.errors)")
        defer { _ = try? bundle.call("delete", "--force", other) }
        #expect(try bundle.call("delete", "--force", bundle.id).errors.contains("others are in it"))
        #expect(try isRunning(other, of: bundle))
        #expect(try bundle.call("delete", "--force", other).errors.isEmpty)
        #expect(try bundle.group().processes().isEmpty)
        #expect(try bundle.group().exists == !path.isEmpty)
    }

    @Test func `what a creation that was killed has left goes, though another is in its group`() throws {
        let bundle = try RuntimeBundle("sleep 60")
        #expect(try bundle.run("--detach").status == 0)
        let other = "\(bundle.id)-other"
        try Files.makeDirectories("\(bundle.folder)/state/\(other)")
        try Files.replace("\(bundle.folder)/state/\(other)/config.json", with: JSON.encode(bundle.spec), durable: false)
        #expect(try bundle.call("delete", "--force", other).errors.contains("others are in it"))
        #expect(!Files.exists("\(bundle.folder)/state/\(other)"))
        #expect(try isRunning(bundle.id, of: bundle))
    }

    @Test func `a container in its caller's group ends alone, with a pid namespace and without one`() throws {
        for hasProcessesOfItsOwn in [true, false] {
            let bundle = try RuntimeBundle("exit 3")
            if !hasProcessesOfItsOwn { bundle.spec.linux?.namespaces.removeAll { $0.type == .pid } }
            try bundle.group().make(.all)
            let outcome = try bundle.run(through: entering(bundle.group(), then: "\"$@\"; echo ended $?"))
            #expect(outcome.lines == ["ended 3"], "\(outcome.output)\(outcome.errors)")
        }
    }

    @Test func `what a container without pid namespace leaves in its group is killed`() throws {
        let bundle = try RuntimeBundle("sleep 61 & exit 0")
        bundle.spec.linux?.namespaces.removeAll { $0.type == .pid }
        #expect(try bundle.run().status == 0)
        #expect(try !bundle.group().exists)
    }

    @Test func `a group named without a slash is the same one for who asks from another group`() throws {
        let bundle = try RuntimeBundle("sleep 60")
        bundle.spec.linux?.cgroupsPath = "boxtop-core-test/\(bundle.id)"
        let caller = try Cgroup("/boxtop-core-test/caller-\(bundle.id)", in: .discover())
        try caller.make(.all)
        defer { try? caller.remove() }
        let made = try bundle.run("--detach", through: entering(caller, then: "exec \"$@\""))
        #expect(made.status == 0, "\(made.errors)")
        #expect(try bundle.group().processes().count == 1)
        #expect(try bundle.call("ps", "-f", "json", bundle.id).lines.count == 1)
        #expect(try bundle.call("pause", bundle.id).status == 0)
        #expect(try bundle.group().isFrozen == true)
        #expect(try bundle.call("delete", "--force", bundle.id).errors.isEmpty)
        #expect(try !bundle.group().exists)
    }

    @Test(arguments: [true, false])
    func `without a group, the first process stands for all where they are in its pid namespace`(hasOwn: Bool) throws {
        let bundle = try RuntimeBundle("trap 'touch /heard; exit' USR1; touch /ran; while :; do sleep 0.02; done")
        let user = bundle.giveToOrdinaryUser()
        if !hasOwn {
            // Nor may it then mount a /proc.
            bundle.spec.linux?.namespaces.removeAll { $0.type == .pid }
            bundle.spec.mounts.removeAll { $0.destination == "/proc" }
            bundle.spec.linux?.maskedPaths = []
            bundle.spec.linux?.readonlyPaths = []
        }
        let made = try bundle.run("--detach", through: user)
        #expect(made.status == 0, "\(made.errors)")
        func call(_ words: String...) throws -> RuntimeBundle.Outcome { try bundle.call(words, through: user) }
        #expect(eventually { Files.exists("\(bundle.folder)/rootfs/ran") })
        let pid = try #require(try bundle.state().pid)
        #expect(try call("ps", "-f", "json", bundle.id).output.contains("\(pid)"))
        #expect(try call("ps", bundle.id).lines.count == 2)
        let killed = try call("kill", "--all", bundle.id, "USR1")
        if hasOwn {
            #expect(killed.status == 0, "\(killed.errors)")
            #expect(eventually { Files.exists("\(bundle.folder)/rootfs/heard") })
        } else {
            #expect(killed.status == 1 && killed.errors.contains("neither a control group nor a pid namespace"))
            #expect(try call("kill", bundle.id, "KILL").status == 0)
        }
        #expect(try eventually { try bundle.state().status == .stopped })
    }

    @Test(
        .enabled(
            if: !Hierarchy.discover().trees.contains { $0.version == .v1 },
            "beside v1 no controller is handed down in the tree of v2"))
    func `exec goes where the first process is, when the container's own group takes no process any more`() throws {
        let bundle = try RuntimeBundle("sleep 60")
        #expect(try bundle.run("--detach").status == 0)
        let folder = try #require(try bundle.group().unifiedFolder)
        let pid = try bundle.state().pid ?? 0
        #expect(mkdir("\(folder)/init", 0o755) == 0)
        try Files.write("\(pid)".utf8, to: "\(folder)/init/cgroup.procs")
        try Files.write("+pids".utf8, to: "\(folder)/cgroup.subtree_control")
        #expect(try bundle.call("exec", bundle.id, "cat", "/proc/self/cgroup").lines == ["0::/init"])
        // Who asks for the group itself is told that it is not to be had.
        #expect(try bundle.call("exec", "--cgroup", "/", bundle.id, "true").errors.contains("resource busy"))
    }

    @Test func `a created container that is paused is not started, which would wait for ever`() throws {
        let bundle = try RuntimeBundle("true")
        #expect(try bundle.create().status == 0)
        #expect(try bundle.call("pause", bundle.id).status == 0)
        #expect(try bundle.call("start", bundle.id).errors.contains("is paused"))
        #expect(try bundle.call("resume", bundle.id).status == 0)
        #expect(try bundle.call("start", bundle.id).status == 0)
    }
}
