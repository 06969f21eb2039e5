import Glibc
import Linux
import Records
import Testing

/// Records that cannot be read or written: nothing that a container needs goes, and the container can.
@Suite(
    .serialized,
    .enabled(if: CommandLinePlace.obstacle == nil, Comment(rawValue: CommandLinePlace.obstacle ?? "")))
struct CommandLineDamageTests {
    private let place: CommandLinePlace

    init() throws { place = try CommandLinePlace() }

    private func id(of name: String) -> String { String(place.run("inspect", "-f", "{{.Id}}", name).output.dropLast()) }

    @Test(arguments: [true, false], [#"{"id":"#, ""])
    func `while a record cannot be read no image goes, and by force its container does`(
        runs: Bool, text: String
    ) throws {
        #expect(place.run("image", "import", "-q", place.rootfs, "base").code == 0)
        let verb = runs ? ["run", "-d"] : ["create"]
        #expect(place.run(verb + ["--name", "c", "base", "sleep", "60"]).code == 0)
        let (id, pid) = (id(of: "c"), place.run("inspect", "-f", "{{.State.Pid}}", "c").output.dropLast())
        let record = place.layout.record(id)
        let whole = try Files.read(record)
        try Files.replace(record, with: Array(text.utf8), durable: false)
        // An empty record is of a container that the host's going down took, unless it runs.
        guard !text.isEmpty || runs else { return }
        for words in ["image prune -a -f", "rmi -f base", "system prune -a -f"] {
            let ended = place.shell("\(CommandLinePlace.program) \(words)")
            #expect(ended.code != 0 && ended.error.contains("so nothing is removed"), "\(words): \(ended)")
        }
        if text.isEmpty { try Files.replace(record, with: whole, durable: false) }
        #expect(place.run("rm", "c").code == 1)
        #expect(place.run("rm", "-f", "c").code == 0)
        #expect(!runs || !Files.exists("/proc/\(pid)"))
        #expect(place.leftovers == [])
        #expect(place.run("create", "--name", "c", "base").code == 0)
    }

    @Test func `a record that cannot be read and has no supervisor goes with what runs`() throws {
        place.container("-d", "--name", "c", "sleep", "60")
        let pids = place.run("inspect", "-f", "{{.state.supervisorPid}} {{.State.Pid}}", "c").output.dropLast()
        let supervisor = try #require(Int32(pids.prefix { $0 != " " }))
        let pid = pids.drop { $0 != " " }.dropFirst()
        try Files.replace(place.layout.record(id(of: "c")), with: [UInt8(ascii: "x")], durable: false)
        kill(supervisor, SIGKILL)
        #expect(place.run("prune", "-f").output == "")
        #expect(place.run("rm", "-f", "c").code == 0)
        #expect(place.eventually { !Files.exists("/proc/\(pid)") })
        #expect(place.leftovers == [])
    }

    @Test func `a name that could not be recorded is not taken`() throws {
        place.run("create", "--name", "c", "--rootfs", place.rootfs, "true")
        let folder = place.layout.container(id(of: "c"))
        let text = try Files.read(place.layout.record(id(of: "c")))
        try systemCall("mount a small disk") { mount("none", folder, "tmpfs", 0, "size=64k") }
        defer { umount2(folder, Int32(MNT_DETACH)) }
        try Files.replace("\(folder)/container.json", with: text, durable: false)
        var count = 0
        while (try? Files.replace("\(folder)/ballast\(count)", with: [0], durable: false)) != nil { count += 1 }
        let ended = place.run("rename", "c", "d")
        #expect(ended.code == 1 && ended.error.contains("no space left on device"), "\(ended)")
        #expect(place.run("ps", "-a", "--format", "{{.Names}}").output == "c\n")
        #expect(place.run("create", "--name", "d", "--rootfs", place.rootfs, "true").code == 0)
    }

    @Test func `prune says what it could not remove, and is no success then`() throws {
        place.run("create", "--name", "c", "--rootfs", place.rootfs, "true")
        let folder = place.layout.containers
        try systemCall("mount") { mount(folder, folder, nil, UInt(MS_BIND), nil) }
        defer { umount2(folder, Int32(MNT_DETACH)) }
        try systemCall("mount") { mount(nil, folder, nil, UInt(MS_BIND | MS_REMOUNT | MS_RDONLY), nil) }
        for words in [["prune", "-f"], ["system", "prune", "-f"]] {
            let ended = place.run(words)
            #expect(ended.code == 1 && ended.error.contains("read-only file system"), "\(words): \(ended)")
        }
    }

    @Test func `prune takes those that a filter means`() {
        for (name, label) in [("a", "keep=yes"), ("b", "keep=no"), ("c", "other")] {
            place.run("create", "--name", name, "-l", label, "--rootfs", place.rootfs, "true")
        }
        func left() -> [Substring] {
            place.run("ps", "-a", "--format", "{{.Names}}").output.split(separator: "\n").sorted()
        }
        #expect(place.run("prune", "-f", "--filter", "until=1h").output == "" && left() == ["a", "b", "c"])
        #expect(place.run("prune", "-f", "--filter", "label=keep=no").code == 0 && left() == ["a", "c"])
        place.run("prune", "-f", "--filter", "label!=keep", "--filter", "until=0s")
        #expect(left() == ["a"])
        #expect(place.run("prune", "-f", "--filter", "name=a").error.contains("there are until, label, label!"))
        #expect(place.run("events", "--no-follow", "--filter", "event=bogus").error.contains("is no event"))
    }
}
