import Glibc
import JSON
import Linux
import Records
import Testing

/// What is asked of the command line beside containers: lists, names, archives, and what it says of itself.
@Suite(
    .serialized,
    .enabled(if: CommandLinePlace.obstacle == nil, Comment(rawValue: CommandLinePlace.obstacle ?? "")))
struct CommandLineListTests {
    private let place: CommandLinePlace

    init() throws { place = try CommandLinePlace() }

    @Test func `the version is said in one line, as JSON, and by --version`() throws {
        let line = place.run("version").output
        #expect(line.hasPrefix("boxtop ") && line.split(separator: "\n").count == 1)
        #expect(place.run("--version").output == line)
        let number = place.run("version", "--format", "{{.Version}}").output.dropLast()
        #expect(line.hasPrefix("boxtop \(number) on Linux "))
        #expect(place.run("version", "--format", "json").output.contains("\"version\":\"\(number)\""))
        let refused = place.run("version", "--format", "{{.Colour}}")
        #expect(refused.code == 1 && refused.error.contains("there is no field .Colour"))
    }

    @Test func `info says of each ability whether it works, and where things lie`() throws {
        let table = place.run("info").output
        #expect(table.contains("state in \(place.layout.state), run files in \(place.layout.run)\n"))
        // As wide as the longest word of each column, which is another on another host.
        let rows = table.split(separator: "\n").map { $0.split(separator: " ").prefix(3).joined(separator: " ") }
        #expect(rows.contains("works privilege root"))
        #expect(rows.contains { $0.hasPrefix("works namespaces ") })
        let folder = place.run("info", "--format", "{{.Kernel}}").output
        #expect(place.run("version").output.hasSuffix("Linux \(folder)"))
        #expect(place.run("info", "--format", "json").output.hasPrefix("{"))
    }

    @Test func `an image has the names that it is given, and lists show those that are asked for`() throws {
        let digest = place.run("image", "import", "-q", place.rootfs, "one:1").output
        #expect(place.run("image", "tag", "one:1", "two").code == 0)
        #expect(place.run("tag", String(digest.dropFirst(7).prefix(12)), "host.test:5000/one:2").code == 0)
        func names(_ arguments: String...) -> String {
            place.run(["image", "ls", "--format", "{{.Name}}"] + arguments).output
        }
        #expect(names() == "host.test:5000/one:2\none:1\ntwo:latest\n")
        #expect(names("one") == "one:1\n" && names("two:latest") == "two:latest\n" && names("one:3") == "")
        #expect(place.run("images", "-q", "--no-trunc", "two").output == digest)
        #expect(place.run("image", "ls", "--no-headers").output.split(separator: "\n").count == 3)
        struct Row: Decodable {
            var name: String
            var size: Int
            var layers: Int
        }
        let rows = try JSON.decode([Row].self, from: Array(place.run("images", "--format", "json").output.utf8))
        #expect(rows.map(\.name) == ["host.test:5000/one:2", "one:1", "two:latest"])
        #expect(rows.allSatisfy { $0.size > 100_000 && $0.layers == 1 })
        let nobody = place.run("image", "tag", "nothing", "three")
        #expect(nobody.code == 1 && nobody.error.contains("there is no image nothing here"))
        let badly = place.run("image", "tag", "one:1", "Three A")
        #expect(badly.code == 1 && badly.error.contains("is no image name"))
        #expect(names("three") == "")
    }

    @Test func `an image is removed by its name if that is the image that was seen`() {
        place.run(["build", "-q", "-t", "web", "-"], input: "FROM scratch\nLABEL old=1\n")
        let seen = place.run("images", "-q", "web").output.dropLast()
        place.run(["build", "-q", "-t", "web", "-"], input: "FROM scratch\nLABEL new=1\n")
        let now = place.run("images", "-q", "web").output.dropLast()
        let refused = place.run("image", "rm", "--if-id=\(seen)", "web")
        #expect(refused.code == 1 && refused.output == "")
        #expect(refused.error == "boxtop: web is another image by now, \(now): nothing was removed\n")
        #expect(place.run("image", "rm", "--if-id=\(now)", "web").output.hasPrefix("untagged web:latest\nremoved "))
        for words in [["--if-id", "xyz", "web"], ["--if-id", "", "web"], ["--if-id", "\(now)", "web", "db"]] {
            #expect(place.run(["image", "rm"] + words).code == 64, "\(words)")
        }
    }

    @Test func `images and volumes are filtered as docker filters them`() {
        for name in ["team/web", "team/db", "tools:2"] {
            let text = "FROM scratch\nCOPY . /\nLABEL for=\(name)\nLABEL all=1\n"
            place.run(["build", "-q", "-t", name, "-f", "-", place.rootfs], input: text)
        }
        place.run(["build", "-q", "-t", "tools:2", "-f", "-", place.rootfs], input: "FROM scratch\nCOPY . /new/\n")
        func names(_ kind: String, _ filters: String...) -> [String] {
            let flags = filters.flatMap { ["-f", $0] }
            let ended = place.run([kind, "ls", "--format", "{{.Name}}"] + flags)
            #expect(ended.code == 0, "\(ended.error)")
            return ended.output.split(separator: "\n").map(String.init)
        }
        #expect(names("image", "dangling=false") == ["tools:2", "team/db:latest", "team/web:latest"])
        #expect(names("image", "dangling=true").allSatisfy { $0.hasPrefix("sha256:") })
        #expect(names("image", "dangling=true").count == 1)
        #expect(names("image", "reference=team/*") == ["team/db:latest", "team/web:latest"])
        #expect(names("image", "reference=*") == ["tools:2"])
        #expect(names("image", "reference=team/db", "reference=tools:[0-9]") == ["tools:2", "team/db:latest"])
        #expect(names("image", "label=all", "label=for=team/web") == ["team/web:latest"])
        #expect(names("image", "label=for=nobody") == [])

        for (name, label) in [("data", "a=b"), ("date", "a=c"), ("other", "d=")] {
            place.run("volume", "create", "--label", label, name)
        }
        place.run("run", "--name", "user", "-v", "data:/v", "--rootfs", place.rootfs, "true")
        #expect(names("volume", "name=dat") == ["data", "date"])
        #expect(names("volume", "name=dat", "dangling=true") == ["date"])
        #expect(names("volume", "label=a") == ["data", "date"] && names("volume", "label=a=c") == ["date"])
        let nonsense = [("image", "colour=red"), ("image", "dangling=maybe"), ("volume", "name"), ("network", "=")]
        for (kind, filter) in nonsense {
            let refused = place.run(kind, "ls", "--filter", filter)
            #expect(refused.code == 64 && refused.error.contains("--filter"), "\(refused)")
        }
    }

    @Test func `a tree shows which layers images have in common`() {
        place.run("image", "import", "-q", "-e", "PATH=/bin", place.rootfs, "base")
        #expect(place.run(["build", "-q", "-t", "more", "-"], input: "FROM base\nRUN echo more >/more\n").code == 0)
        let lines = place.run("image", "tree").output.split(separator: "\n")
        #expect(lines.count == 5, "\(lines)")
        let below = lines.drop { !$0.hasPrefix("base:latest") }.dropFirst().prefix { !$0.contains("linux/") }
        let shared = below.first?.split(separator: " ").dropFirst().first ?? ""
        #expect(lines.count { $0.contains(shared) } == 2, "\(lines)")
        let nobody = place.run("image", "tree", "nothing")
        #expect(nobody.code == 1 && nobody.error.contains("nothing"))
    }

    @Test func `a list with sizes counts what each has written, and the image's files with it`() throws {
        place.run("image", "import", "-q", "-e", "PATH=/bin", place.rootfs, "base")
        let write = "head -c 1000000 /dev/urandom >/written"
        #expect(place.run("run", "--name", "writer", "base", "sh", "-c", write).code == 0)
        #expect(place.run("create", "--name", "idle", "base", "true").code == 0)
        struct Row: Decodable {
            var name: String
            var size: Int
            var virtualSize: Int
        }
        let output = place.run("ps", "-a", "-s", "--format", "json").output
        let rows = try JSON.decode([Row].self, from: Array(output.utf8))
        #expect(rows.map(\.name) == ["idle", "writer"])
        let (idle, writer) = (rows[0], rows[1])
        #expect(idle.size < 100_000 && (1_000_000..<1_100_000).contains(writer.size), "\(output)")
        #expect(idle.virtualSize - idle.size == writer.virtualSize - writer.size && idle.virtualSize > 100_000)
        let text = place.run("ps", "-a", "--filter", "name=writer", "--format", "{{.Size}}").output
        #expect(text.contains("iB (virtual ") && text.hasSuffix("MiB)\n"), "\(text)")
        #expect(!place.run("ps", "-a").output.contains("SIZE"))
    }

    @Test func `volumes are listed whole where that is asked for, with labels and users`() {
        // Behind every name of digits, of which the other is made.
        place.run("volume", "create", "--label", "a=b", "--label", "c=d", "z")
        let anonymous = place.run("volume", "create").output.dropLast()
        place.container("--name", "user", "true")
        place.run("run", "--name", "keeper", "-v", "z:/v", "--rootfs", place.rootfs, "true")
        let table = place.run("volume", "ls").output.split(separator: "\n")
        #expect(table.count == 3 && table[1].hasPrefix("\(anonymous.prefix(12)) ") && table[2].hasPrefix("z "))
        #expect(table[2].hasSuffix("keeper"))
        #expect(place.run("volume", "ls", "--no-trunc", "--no-headers").output.hasPrefix("\(anonymous) "))
        #expect(place.run("volume", "ls", "--format", "{{.Labels}}").output == "\na=b,c=d\n")
        let folder = place.run("volume", "ls", "--format", "{{.Mountpoint}}").output.split(separator: "\n").last ?? ""
        #expect(Files.exists(String(folder)))
    }

    @Test func `an archive is written whole or not at all, and nothing but a file is replaced`() throws {
        place.container("--name", "full", "sh", "-c", "echo kept >/kept")
        place.run("image", "import", "-q", place.rootfs, "one")
        for verb in [["export", "full"], ["save", "one"]] {
            let lost = place.run(verb + ["-o", "\(place.folder)/nowhere/a.tar"])
            #expect(lost.code == 1, "\(verb)")
            #expect(lost.error == "boxtop: cannot write \(place.folder)/nowhere/a.tar: no such file or directory\n")
            let absent = place.run([verb[0], "nobody", "-o", "\(place.folder)/b.tar"])
            #expect(absent.code == 1 && !Files.exists("\(place.folder)/b.tar"), "\(absent)")
            #expect(place.run(verb + ["-o", "\(place.folder)/c.tar"]).code == 0)
            #expect(place.shell("tar tf \(place.folder)/c.tar").output.split(separator: "\n").count > 3)
            // A device stays one: root's --output /dev/null would otherwise take it from the whole machine.
            let device = "\(place.folder)/null"
            mknod(device, S_IFCHR | 0o666, 0x103)
            #expect(place.run(verb + ["-o", device]).code == 0)
            #expect(place.shell("test -c \(device)").code == 0)
        }
        // Without a name it is for whoever reads on, and no terminal.
        #expect(place.run("export", "full").output.contains("kept"))
        let terminal = TypedTerminal(place, ["export", "full"])
        #expect(terminal.shows("boxtop: export writes an archive"))
        #expect(terminal.wait() == 1)
        let names = try Files.names(in: place.folder)
        #expect(!names.contains { $0.hasSuffix(".tmp") })
        #expect(place.shell("tar xOf \(place.folder)/c.tar index.json").output.contains("\"manifests\""))
    }

    @Test(arguments: [
        (["rmi"], "boxtop rmi --help"), (["image", "ls", "--colour"], "boxtop image ls --help"),
        (["image", "fly"], "boxtop image --help"), (["ps", "--colour"], "boxtop ps --help"),
    ])
    func `what cannot be read leads to the help of what was typed`(words: [String], help: String) {
        let refused = place.run(words)
        #expect(refused.code == 64 && refused.error.hasSuffix("(see '\(help)')\n"), "\(refused)")
    }

    @Test(arguments: [
        (["pull"], "boxtop image pull ["), (["images"], "boxtop image ls ["), (["image", "tag"], "boxtop image tag <"),
        (["volume", "ls"], "boxtop volume ls ["), (["ps"], "boxtop ps ["),
    ])
    func `help shows the verb as it can be typed`(words: [String], usage: String) {
        let help = place.run(words + ["--help"])
        #expect(help.code == 0 && help.output.contains("USAGE: \(usage)"), "\(help.output)")
    }

    @Test func `docker's longer words for containers are understood`() {
        place.container("--name", "dead", "true")
        #expect(place.run("container", "ls", "-a", "--format", "{{.Names}}").output == "dead\n")
        #expect(place.run("container", "rm", "dead").output == "dead\n")
    }
}
