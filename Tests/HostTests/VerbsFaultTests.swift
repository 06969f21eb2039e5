import Cgroups
import Containers
import Glibc
import Images
import Linux
import Records
import Testing

/// What goes wrong leaves nothing behind, says why in a sentence, and is recovered from.
@Suite(.serialized, .enabled(if: VerbsPlace.obstacle == nil, "real containers: needs root and busybox"))
struct VerbsFaultTests {
    private let place: VerbsPlace
    private var containers: Containers { place.containers }

    init() throws { place = try VerbsPlace() }

    @Test(arguments: [("nosuch", 127), ("/etc", 126), ("/etc/passwd", 126)])
    func `a program that cannot be run has the shell's exit code`(_ program: String, _ code: Int) throws {
        let record = try containers.create(
            try place.shell("") {
                ($0.command, $0.autoRemove) = ([program], true)
            })
        #expect {
            _ = try containers.start(record.id).running
        } throws: { ($0 as? ContainerError)?.exitCode == Int32(code) }
        #expect(place.leftovers() == [])
    }

    @Test(
        arguments: [
            { $0.user = "nobody-here" }, { $0.limits.memory = 1_000 }, { $0.workdir = "relative" }, { $0.name = "a b" },
            { $0.volumes = [VolumeRequest(.named("new"), at: "/a"), VolumeRequest(.anonymous, at: "/a")] },
            { $0.volumes = [VolumeRequest(.path("/no/such/folder", create: false), at: "/a")] },
            { $0.devices = [DeviceRequest("/dev/no-such-device")] }, { $0.addedCapabilities = ["flying"] },
            { $0.sysctls = ["kernel.panic": "1"] }, { $0.source = .directory("/no/such/root") },
            { $0.source = .image("nosuch") },
            { $0.hostname = "a_b c" }, { $0.security = [.seccompProfile("/no/such/profile")] },
            { ($0.autoRemove, $0.restart) = (true, .always) }, { $0.nameServers = ["here"] },
        ] as [@Sendable (inout NewContainer) -> Void])
    func `what makes no sense is refused with 125 and leaves nothing`(
        _ adjust: @Sendable (inout NewContainer) -> Void
    ) throws {
        let new = try place.shell("true", adjust)
        #expect { _ = try containers.create(new) } throws: { ($0 as? ContainerError)?.exitCode == 125 }
        #expect(place.leftovers() == [])
        #expect(((try? Files.names(in: place.layout.volumes)) ?? []) == [])
    }

    @Test func `an empty folder is no root file system`() throws {
        try Files.makeDirectories("\(place.folder)/empty")
        #expect {
            _ = try containers.create(NewContainer(.directory("\(place.folder)/empty")))
        } throws: { "\($0)".contains("it is empty") }
    }

    @Test func `those that have lost their supervisors get new ones, one each, and no other does`() throws {
        let files = StateFiles(place.layout)
        let ids = try (0..<4).map { _ in try containers.create(try place.shell("exec sleep 100")).id }
        for id in ids.dropLast() { _ = try containers.start(id) }
        let before = try ids.dropLast().map { try #require(files.written(for: $0)?.supervisor) }
        for supervisor in before.dropLast() {
            kill(supervisor.pid, SIGKILL)
            while supervisor.isAlive { usleep(1_000) }
        }
        containers.adoptAll()
        let after = ids.map { files.written(for: $0)?.supervisor }
        #expect(after[2] == before[2] && after[3] == nil)
        for number in 0..<2 {
            #expect(after[number]?.isAlive == true && after[number] != before[number])
            #expect(files.isSupervised(files.state(of: ids[number])))
        }
        containers.adoptAll()
        #expect(ids.map { files.written(for: $0)?.supervisor } == after)
        for id in ids { try containers.remove(id, force: true) }
        #expect(place.leftovers() == [])
    }

    @Test func `what a crash of create has left is swept, and its name is free`() throws {
        let ghost = String(repeating: "a", count: 64)
        let building = "\(place.layout.state)/building"
        for folder in ["\(building)/\(ghost)/upper", place.layout.names, place.layout.idRanges] {
            try Files.makeDirectories(folder)
        }
        try Files.replace("\(building)/\(ghost)/lock", with: [], durable: false)
        symlink(ghost, "\(place.layout.names)/web")
        let removed = "\(place.layout.containers)/.\(ghost).removed/upper"
        try Files.makeDirectories(removed)
        let record = try containers.create(try place.shell("true") { $0.name = "web" })
        #expect(try containers.find("web").id == record.id)
        #expect(!Files.exists("\(building)/\(ghost)") && !Files.exists(removed))
    }

    @Test func `a container whose supervisor was killed is adopted by the next verb`() throws {
        let record = try containers.create(try place.shell("trap 'exit 3' TERM; while :; do sleep 0.05; done"))
        let process = try containers.start(record.id).running.process
        let supervisor = try #require(containers.state(of: record).supervisor)
        kill(supervisor.pid, SIGKILL)
        while supervisor.isAlive { usleep(1_000) }
        #expect(process.isAlive && place.status(of: record.id).isRunning)
        try containers.pause(record.id)
        try containers.unpause(record.id)
        #expect(containers.state(of: record).supervisor != supervisor)
        #expect(place.status(of: record.id).process == process)
        #expect(try containers.stop(record.id, timeout: 5) != nil)
        #expect(!process.isAlive)
    }

    @Test func `a container that was killed together with its supervisor has ended, and starts again`() throws {
        let record = try containers.create(try place.shell("while :; do sleep 0.05; done"))
        let process = try containers.start(record.id).running.process
        let supervisor = try #require(containers.state(of: record).supervisor)
        kill(supervisor.pid, SIGKILL)
        kill(process.pid, SIGKILL)
        while supervisor.isAlive || process.isAlive { usleep(1_000) }
        #expect(place.status(of: record.id).isExited)
        #expect(throws: ContainerError.self) { try containers.pause(record.id) }
        #expect(try containers.start(record.id).running.process != process)
        try containers.remove(record.id, force: true)
        #expect(place.leftovers() == [])
    }

    @Test func `one that was killed with its supervisor can be removed`() throws {
        let record = try containers.create(try place.shell("while :; do sleep 0.05; done"))
        let process = try containers.start(record.id).running.process
        let supervisor = try #require(containers.state(of: record).supervisor)
        kill(supervisor.pid, SIGKILL)
        kill(process.pid, SIGKILL)
        while supervisor.isAlive || process.isAlive { usleep(1_000) }
        try containers.remove(record.id)
        #expect(place.leftovers() == [])
    }

    @Test func `what this host can do is found by trying`() throws {
        let record = try containers.create(try place.shell("true"))
        _ = try place.run(record.id)
        let verdicts = containers.info().lines.reduce(into: [:]) { $0[$1.subject] = $1.verdict }
        for subject in ["privilege", "runtime", "namespaces", "user namespaces", "idmapped mounts", "seccomp"] {
            #expect(verdicts[subject] == .works, "\(subject)")
        }
    }

    @Test func `containers of one image share its layers and not what they write`() throws {
        var request = PackRequest(name: try Reference("box"), programs: ["/bin/busybox"])
        request.entrypoint = ["/bin/busybox"]
        try Files.makeDirectories("\(place.folder)/seed")
        try Files.replace("\(place.folder)/seed/file", with: "seed\n".utf8, durable: false)
        request.additions = [.init(source: "\(place.folder)/seed", destination: "/seed")]
        _ = try ImageStore(root: place.layout.images).pack(request)
        func run(_ arguments: [String], _ adjust: (inout NewContainer) -> Void = { _ in }) throws -> String {
            var new = NewContainer(.image("box"))
            new.command = arguments
            adjust(&new)
            let result = try place.run(new)
            return result.output + result.error
        }
        #expect(try run(["sh", "-c", "echo mine >/seed/file; cat /seed/file"]) == "mine\n")
        #expect(try run(["cat", "/seed/file"]) == "seed\n")
        #expect(try run(["stat", "-c", "%u:%g", "/seed/file"]) == "0:0\n")
        // A new volume begins with what the image has there.
        let volume = VolumeRequest(.named("seeded"), at: "/seed")
        #expect(try run(["sh", "-c", "cat /seed/file; echo more >>/seed/file"]) { $0.volumes = [volume] } == "seed\n")
        #expect(try run(["cat", "/seed/file"]) { $0.volumes = [volume] } == "seed\nmore\n")
    }
}
