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
        try Files.replace(record, with: Array(text.utf8), durable: false)
        for words in ["image prune -a -f", "rmi -f base", "system prune -a -f"] {
            let ended = place.shell("\(CommandLinePlace.program) \(words)")
            #expect(ended.code != 0 && ended.error.contains("so nothing is removed"), "\(words): \(ended)")
        }
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

    @Test(arguments: [#"{"id":"#, ""])
    func `one whose record cannot be read is in the lists, and what needs its supervisor alone works`(
        text: String
    ) throws {
        place.container("-d", "--name", "c", "--restart", "always", "sh", "-c", "echo said; exec sleep 60")
        try Files.replace(place.layout.record(id(of: "c")), with: Array(text.utf8), durable: false)
        let list = place.run("ps", "-a", "--format", "{{.Names}} {{.Image}} {{.State}}")
        #expect(list.output == "c (damaged) running\n" && list.error.contains("cannot understand"), "\(list)")
        #expect(place.run("ps", "-q").output != "")
        #expect(place.run("stats", "--no-stream", "--format", "{{.Name}}").output == "c\n")
        #expect(place.eventually { place.run("logs", "c").output == "said\n" })
        for verb in ["pause", "unpause"] { #expect(place.run(verb, "c").code == 0, "\(verb)") }
        #expect(place.run("kill", "-s", "USR1", "c").code == 0)
        #expect(place.run("stop", "-t", "0", "c").output == "c\n")
        #expect(place.run("wait", "c").output == "137\n")
        // Whether it is to run, nobody can tell: no success, as no start is.
        for words in [["start", "--boot"], ["start", "c"]] {
            let started = place.run(words)
            #expect(started.code == 1 && started.error.contains("cannot understand"), "\(words): \(started)")
        }
        place.run("prune", "-f")
        #expect(place.run("ps", "-aq").output != "")
        #expect(place.run("rm", "-f", "c").code == 0)
        #expect(place.leftovers == [])
    }

    @Test func `a record in another container's folder is of neither`() throws {
        for name in ["a", "b"] { place.run("create", "--name", name, "--rootfs", place.rootfs, "true") }
        let (a, b) = (id(of: "a"), id(of: "b"))
        try Files.replace(place.layout.record(b), with: Files.read(place.layout.record(a)), durable: false)
        let removed = place.run("rm", "b")
        #expect(removed.code == 1 && removed.error.contains("it is the record of container"), "\(removed)")
        let listed = place.run("ps", "-aq", "--no-trunc").output.split(separator: "\n").map(String.init)
        #expect(listed.sorted() == [a, b].sorted())
        #expect(place.run("rm", "-f", "b").code == 0)
        #expect(place.run("ps", "-aq", "--no-trunc").output == "\(a)\n")
    }

    @Test func `of one that its end removes, an empty record is none, unless it runs`() throws {
        place.container("-d", "--name", "c", "--rm", "sleep", "60")
        let (id, pid) = (id(of: "c"), place.run("inspect", "-f", "{{.State.Pid}}", "c").output.dropLast())
        try Files.replace(place.layout.record(id), with: [], durable: false)
        #expect(place.run("rm", "-f", "c").code == 0 && !Files.exists("/proc/\(pid)"))
        try Files.makeDirectories(place.layout.transience(id))
        try Files.replace(place.layout.record(id), with: [], durable: false)
        #expect(place.run("ps", "-aq").output == "")
        place.run("prune", "-f")
        #expect(place.leftovers == [])
    }

    @Test func `after a boot one whose state cannot be read runs again where its policy asks for it`() throws {
        place.container("-d", "--name", "c", "--restart", "always", "sleep", "60")
        let id = id(of: "c")
        let pids = place.run("inspect", "-f", "{{.state.supervisorPid}} {{.State.Pid}}", "c").output
        for pid in pids.split(whereSeparator: \.isWhitespace).compactMap({ Int32($0) }) where pid > 0 {
            kill(pid, SIGKILL)
        }
        try Files.removeTree(place.layout.runtime(id))
        #expect(truncate(place.layout.lastState(id), 40) == 0)
        let list = place.run("ps", "-a", "--format", "{{.Status}}").output
        #expect(list.hasPrefix("Exited (255)"), "\(list)")
        let started = place.run("start", "--boot")
        #expect(started.output == "c\n" && started.error.contains("how it ended is unknown"), "\(started)")
        #expect(place.run("ps", "-q").output != "")
    }

    @Test(arguments: ["ps -q", "rm c", "start c", "prune -f", "restart -t 0 c", "rm -f c"])
    func `one whose state cannot be read is not taken for one that does not run`(words: String) throws {
        place.container("-d", "--name", "c", "sleep", "60")
        let (id, pid) = (id(of: "c"), place.run("inspect", "-f", "{{.State.Pid}}", "c").output.dropLast())
        for path in [place.layout.liveState(id), place.layout.lastState(id)] { #expect(truncate(path, 0) == 0) }
        let ended = place.shell("\(CommandLinePlace.program) \(words)")
        #expect((ended.code == 0) == (words != "rm c"), "\(ended)")
        #expect(Files.exists("/proc/\(pid)") == !["restart -t 0 c", "rm -f c"].contains(words), "\(ended)")
        #expect((place.run("ps", "-q").output == "") == (words == "rm -f c"))
        #expect(place.run("rm", "-f", "c").code == 0)
        #expect(place.leftovers == [])
    }

    @Test func `a damaged image takes nothing from under what runs`() {
        #expect(place.run("image", "import", "-q", place.rootfs, "base").code == 0)
        #expect(place.run("run", "-d", "--name", "c", "base", "sleep", "60").code == 0)
        let digest = place.run("inspect", "-f", "{{.imageDigest}}", "c").output.dropLast().dropFirst(7)
        #expect(truncate("\(place.layout.images)/blobs/sha256/\(digest)", 50) == 0)
        let pruned = place.run("image", "prune", "-f")
        #expect(pruned.code == 1 && pruned.error.contains("boxtop image rm base:latest"), "\(pruned)")
        #expect(place.run("exec", "c", "true").code == 0)
        #expect(place.run("rmi", "-f", "base").code == 0)
        #expect(place.run("image", "prune", "-f").code == 0)
        #expect(place.run("exec", "c", "true").code == 0)
        #expect(place.run("restart", "-t", "0", "c").code == 0)
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
