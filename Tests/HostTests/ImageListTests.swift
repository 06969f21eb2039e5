import Glibc
import Linux
import Records
import Testing

/// Lists, histories and prunes of images as docker's users ask for them, and root file systems from elsewhere.
@Suite(.serialized, .enabled(if: CommandLinePlace.obstacle == nil, Comment(rawValue: CommandLinePlace.obstacle ?? "")))
struct ImageListTests {
    private let place: CommandLinePlace

    init() throws { place = try CommandLinePlace() }

    private func build(_ name: String, _ text: String = "") {
        let ended = place.run(["build", "-q", "-t", name, "-"], input: "FROM scratch\n\(text)\n")
        #expect(ended.code == 0, "\(ended.error)")
    }

    private func names(_ words: String...) -> [String] {
        let ended = place.run(["image", "ls", "--format", "{{.Name}}"] + words)
        #expect(ended.code == 0, "\(ended.error)")
        return ended.output.split(separator: "\n").map(String.init)
    }

    @Test func `what is saved by its digest takes no name along`() {
        build("lamp", "LABEL of=lamp")
        let digest = place.run("images", "-q", "lamp").output.dropLast()
        for (image, tags) in [(String(digest), "null"), ("lamp", #"["lamp:latest"]"#)] {
            let saved = place.shell(
                """
                \(CommandLinePlace.program) save \(image) | tar -xO manifest.json |
                python3 -c 'import json, sys; print(json.dumps(json.load(sys.stdin)[0].get("RepoTags")))'
                """)
            #expect(saved.output == "\(tags)\n", "\(saved)")
        }
    }

    @Test func `images are found by patterns, and by when they were made`() throws {
        for name in ["lamp", "late:2", "team/lab"] { build(name, "LABEL of=\(name)") }
        #expect(names("la*") == ["late:2", "lamp:latest"] && names("la*:2") == ["late:2"])
        #expect(names("*/l?b") == ["team/lab:latest"] && names("-q", "x*") == [])
        #expect(names("-f", "name=la*") == ["late:2", "lamp:latest"])
        #expect(names("-f", "before=late:2") == ["lamp:latest"] && names("-f", "since=late:2") == ["team/lab:latest"])
        #expect(names("-f", "until=1h") == [] && names("-f", "until=0s").count == 3)
        #expect(names("-f", "label!=of=lamp", "-f", "label!=of=late:2") == ["team/lab:latest"])
        for filter in ["before=nothing", "since=", "until=soon", "colour=red"] {
            #expect(place.run("image", "ls", "-f", filter).code != 0, "\(filter)")
        }
        let digest = place.run("images", "-q", "--no-trunc", "lamp").output.dropLast()
        let table = place.run("images", "--digests", "lamp").output
        let words = table.split(whereSeparator: \.isWhitespace).map(String.init)
        #expect(words.starts(with: ["REPOSITORY", "TAG", "DIGEST", "IMAGE", "ID"]) && words.contains(String(digest)))
        #expect(place.run("images", "--digests", "-q", "--no-trunc", "lamp").output == "\(digest)\n")
        #expect(place.run("images", "--format", "{{.CreatedAt}}", "lamp").output.hasPrefix("20"))
    }

    @Test func `a prune takes those alone that are asked for`() {
        build("kept", "LABEL keep=1")
        build("old")
        #expect(place.run("image", "prune", "-a", "-f", "--filter", "until=1h").output.hasPrefix("freed 0 B"))
        #expect(place.run("image", "prune", "-a", "-f", "--filter", "label=nothing").code == 0 && names().count == 2)
        #expect(place.run("image", "prune", "-a", "-f", "--filter", "label!=keep").code == 0)
        #expect(names() == ["kept:latest"])
        #expect(place.run("image", "prune", "-f", "--filter", "until=soon").code == 64)
        #expect(place.run("image", "prune", "-a", "-f", "--filter", "label=keep", "--filter", "until=0s").code == 0)
        #expect(names() == [])
    }

    @Test func `a history's fields have docker's names`() {
        build("one", "LABEL a=b")
        let format = "{{.ID}}|{{.CreatedSince}}|{{.CreatedAt}}|{{.CreatedBy}}|{{.Size}}|{{.Comment}}"
        let lines = place.run("history", "--format", format, "one").output.split(separator: "\n")
        let parts = lines.first?.split(separator: "|", omittingEmptySubsequences: false) ?? []
        #expect(
            parts.count == 6 && parts[1].hasSuffix("ago") && parts[2].hasPrefix("20") && parts[4] == "0B", "\(parts)")
    }

    @Test func `a root file system becomes an image without a name, changed as a Containerfile would`() throws {
        let made = place.run(
            "import", "-c", "CMD [\"echo\", \"hello\"]", "--change", "ENV PATH=/bin A=b", "-m", "from afar",
            place.rootfs)
        #expect(made.code == 0, "\(made)")
        let digest = String(made.output.dropLast())
        #expect(digest.hasPrefix("sha256:") && names() == [digest])
        #expect(place.run("run", "--rm", digest).output == "hello\n")
        #expect(place.run("history", "--format", "{{.Comment}}", digest).output == "from afar\n")
        #expect(place.run("image", "inspect", "-f", "{{.Config.Env}}", digest).output.contains("A=b"))
        for change in ["COPY a b", "RUN true", "nonsense"] {
            #expect(place.run("import", "-c", change, place.rootfs, "x").code == 1, "\(change)")
        }
        #expect(names().count == 1)
    }

    @Test(.enabled(if: Files.exists("/usr/bin/python3"), "needs python3"))
    func `a root file system is fetched from its address`() throws {
        let port = Int.random(in: 33_000...33_999)
        place.shell("tar -czf \(place.folder)/root.tgz -C \(place.rootfs) .")
        let line = "cd \(place.folder) && exec python3 -m http.server --bind 127.0.0.1 \(port) >/dev/null 2>&1"
        let server = place.start(["-c", line], program: "/bin/sh")
        defer {
            if let server {
                kill(server, SIGKILL)
                waitpid(server, nil, 0)
            }
        }
        let address = "http://127.0.0.1:\(port)"
        #expect(place.eventually { place.run("import", "\(address)/root.tgz", "one", "--", "/bin/true").code == 0 })
        #expect(place.run("run", "--rm", "one", "/bin/echo", "ran").output == "ran\n")
        let nothing = place.run("import", "\(address)/nothing.tgz", "two")
        #expect(nothing.code == 1 && nothing.error.contains("\(address)/nothing.tgz: it answers 404"), "\(nothing)")
        #expect(names() == ["one:latest"])
        let sum = place.shell("sha256sum \(place.folder)/root.tgz | cut -c 1-64").output
        let text = "FROM one\nARG SUM=\(sum.dropLast())\nADD --checksum=sha256:$SUM \(address)/root.tgz /r.tgz\n"
        let added = place.run(["build", "-t", "two", "-"], input: text)
        #expect(added.code == 0, "\(added.error)")
    }
}
