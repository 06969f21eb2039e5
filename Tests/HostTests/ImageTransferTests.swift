import Glibc
import Linux
import Records
import Testing

/// Pulls as they go wrong: through proxies, from registries that are busy or break off, two at once, killed half-way.
@Suite(.serialized, .enabled(if: RegistryHost.obstacle == nil, Comment(rawValue: RegistryHost.obstacle ?? "")))
struct ImageTransferTests {
    private let place: CommandLinePlace
    private let registry: RegistryHost

    init() throws {
        place = try CommandLinePlace()
        registry = try RegistryHost(in: place.folder)
        for name in ["one", "two", "three"] {
            let folder = "\(place.rootfs)/\(name)"
            place.shell("mkdir -p \(folder) && head -c 3000000 /dev/urandom >\(folder)/data")
        }
        let text = "FROM scratch\nCOPY bin /bin\nCOPY one /one\nCOPY two /two\nCOPY three /three\nENV PATH=/bin\n"
        let built = place.run(
            ["build", "-q", "-t", "big", "--compression", "none", "-f", "-", place.rootfs], input: text)
        try #require(built.code == 0, "\(built.error)")
        let pushed = place.run("image", "push", "-q", "big", "\(registry.local)/big")
        try #require(pushed.code == 0, "\(pushed.error)")
        place.run("image", "rm", "big")
        place.run("image", "prune", "-a", "-f")
        place.run("builder", "prune", "-a", "-f")
    }

    private func pull(_ name: String, _ environment: String...) -> CommandLinePlace.Ended {
        let variables = environment.joined(separator: " ")
        return place.shell("env -u https_proxy \(variables) \(CommandLinePlace.program) image pull --insecure \(name)")
    }

    private var proxy: String { "http_proxy=http://127.0.0.1:\(registry.proxyPort)" }
    private var isWhole: Bool {
        place.run("image", "verify").code == 0 && place.run("run", "--rm", name, "true").code == 0
    }
    private var name: String { "\(registry.name)/big" }

    @Test func `a registry is reached through the proxy of the environment, but for those that no_proxy names`() {
        #expect(pull(name).code == 1)
        #expect(pull(name, proxy, "no_proxy=other.example,.test").code == 1)
        #expect(registry.asked().isEmpty)
        let upper = "HTTP_PROXY=http://127.0.0.1:\(registry.proxyPort)"
        for variable in [proxy, upper, "all_proxy=http://127.0.0.1:\(registry.proxyPort)"] {
            let ended = pull(name, variable, "no_proxy=other.example")
            #expect(ended.code == 0 && !registry.asked().isEmpty, "\(variable): \(ended.error)")
            #expect(isWhole)
            place.run("image", "rm", name)
        }
        // What listens here is not asked for elsewhere.
        #expect(pull("\(registry.local)/big", proxy).code == 0 && registry.asked().isEmpty)
    }

    @Test func `a busy registry is asked again when it says so, and given up in the end`() throws {
        try registry.plan(["busy", "busy"])
        let begin = MonotonicTime.now
        let ended = pull(name, proxy)
        #expect(ended.code == 0, "\(ended.error)")
        #expect(MonotonicTime.now.seconds(since: begin) > 1.9)
        #expect(isWhole)
        place.run("image", "rm", name)
        try registry.plan([String](repeating: "busy", count: 12))
        let refused = pull(name, proxy)
        #expect(refused.code == 1 && refused.error.contains("503"), "\(refused)")
    }

    @Test func `what breaks off is gone on with from there, and said`() throws {
        try registry.plan(["pass", "pass", "pass", "pass", "cut", "cut", "cut", "cut"])
        let ended = pull(name, proxy)
        #expect(ended.code == 0 && ended.error.contains("; again in"), "\(ended.error)")
        let resumed = registry.asked().filter { $0.contains("/blobs/") && $0.contains("bytes=") }
        #expect(!resumed.isEmpty && !resumed.contains { $0.contains("bytes=0-") }, "\(resumed)")
        #expect(isWhole)
    }

    @Test func `a pull is bars on a terminal, lines elsewhere, and quietly its digest alone`() throws {
        let words = "\(CommandLinePlace.program) image pull --insecure \(name)"
        // Some of the parts have to wait for a second, so that there is something to see.
        let plan = [String](repeating: "pass", count: 4) + [String](repeating: "busy", count: 4)
        func forget() { for words in [["rm", name], ["prune", "-a", "-f"]] { place.run(["image"] + words) } }
        let variables = "env -u https_proxy \(proxy) LC_ALL=C.UTF-8"
        try registry.plan(plan)
        let painted = place.shell("\(variables) script -qec '\(words)' /dev/null")
        #expect(painted.code == 0 && isWhole, "\(painted)")
        // Painted over what was painted before, to the end.
        for part in ["\u{1B}[5A", "it answered 503; again in 1.0 s", "downloaded"] {
            #expect(painted.output.contains(part), "\(part): \(painted.output)")
        }
        forget()
        try registry.plan(plan)
        let plain = place.shell("\(variables) \(words)")
        #expect(plain.code == 0, "\(plain)")
        for part in [": layer of ", "; again in 1.0 s", ": downloaded"] {
            #expect(plain.error.contains(part), "\(part): \(plain)")
        }
        #expect(!(plain.error + plain.output).contains("\u{1B}"))
        forget()
        let quiet = place.shell("\(variables) \(words) --quiet")
        #expect(quiet.code == 0 && quiet.error.isEmpty, "\(quiet)")
        #expect(quiet.output.hasPrefix("sha256:") && quiet.output.utf8.count == 72, "\(quiet)")
    }

    @Test func `two pulls of one image at once fetch each blob once`() throws {
        let words = [
            "-u", "https_proxy", proxy, CommandLinePlace.program, "image", "pull", "-q", "--insecure", "--limit-rate",
            "3m", name,
        ]
        let both = (0..<2).map { _ in place.start(words, program: "/usr/bin/env") }
        for process in both { #expect(process.map { CommandLinePlace.wait(for: $0) } == 0) }
        let blobs = registry.asked().filter { $0.hasPrefix("GET") && $0.contains("/blobs/") }
        #expect(blobs.count == 5 && Set(blobs).count == 5, "\(blobs)")
        #expect(isWhole)
    }

    @Test func `killed at any time, a pull, a removal or a prune leaves nothing half-made`() throws {
        let local = "\(registry.local)/big"
        func kill(_ words: String, after seconds: Double) {
            place.shell("timeout -s KILL \(seconds) \(CommandLinePlace.program) \(words) >/dev/null 2>&1")
            let verified = place.run("image", "verify")
            #expect(verified.code == 0, "\(words) after \(seconds) s: \(verified.error)")
        }
        for turn in 0..<10 { kill("image pull --limit-rate 8m \(local)", after: 0.02 + 0.06 * Double(turn)) }
        for turn in 0..<8 {
            let ended = place.run("image", "pull", "-q", local)
            #expect(ended.code == 0, "\(ended.error)")
            kill(turn % 2 == 0 ? "image rm \(local)" : "image prune -a -f", after: 0.004 + 0.004 * Double(turn))
        }
        #expect(place.run("image", "pull", "-q", local).code == 0)
        #expect(place.run("run", "--rm", local, "cat", "/one/data").code == 0)
        place.run("image", "rm", local)
        let freed = place.run("image", "prune")
        #expect(freed.code == 0 && freed.output.contains("freed "), "\(freed)")
        #expect(place.run("image", "prune").output == "freed 0 B: 0 blobs, 0 unpacked layers\n")
        for folder in ["ingest", "blobs/sha256", "layers"] {
            #expect(((try? Files.names(in: "\(place.layout.state)/images/\(folder)")) ?? []) == [], "\(folder)")
        }
    }

    @Test func `killed at any time, loading an archive or unpacking its layers leaves nothing half-made`() throws {
        let (local, archive) = ("\(registry.local)/big", "\(place.folder)/big.tar")
        #expect(place.run("image", "pull", "-q", local).code == 0)
        #expect(place.run("image", "save", "-o", archive, local).code == 0)
        func forget() {
            place.run("image", "rm", local)
            place.run("image", "prune", "-a", "-f")
        }
        forget()
        func kill(_ words: String, after seconds: Double) {
            place.shell("timeout -s KILL \(seconds) \(CommandLinePlace.program) \(words) >/dev/null 2>&1")
            #expect(place.run("image", "verify").code == 0, "\(words) after \(seconds) s")
        }
        for turn in 1...12 {
            kill("image load -i \(archive)", after: 0.008 * Double(turn))
            let loaded = place.run("image", "load", "-q", "-i", archive)
            #expect(loaded.code == 0, "\(loaded.error)")
            kill("create --name half \(local) true", after: 0.008 * Double(turn))
            // Whole or not at all: what is listed runs.
            let listed = place.run("ps", "-a", "--format", "{{.Names}}").output
            if listed.contains("half") { #expect(place.run("start", "-a", "half").code == 0) }
            place.run("rm", "-f", "half")
            #expect(place.run("run", "--rm", local, "sh", "-c", "cat /two/data >/x").code == 0)
            forget()
        }
        #expect(place.run("image", "prune").output == "freed 0 B: 0 blobs, 0 unpacked layers\n")
        for folder in ["ingest", "blobs/sha256", "layers"] {
            #expect(((try? Files.names(in: "\(place.layout.state)/images/\(folder)")) ?? []) == [], "\(folder)")
        }
        #expect(place.leftovers == [])
    }

    @Test(arguments: ["image load", "image load -i nothing", "image import - x", "image import nothing x"])
    func `an archive without one byte is refused: the command before it in the pipe has failed`(words: String) {
        let program = CommandLinePlace.program
        let ended = place.shell("cd '\(place.folder)' && touch nothing && false | \(program) \(words)")
        #expect(ended.code == 1)
        #expect(ended.error.hasSuffix("is empty: whoever was to write an archive there has failed\n"), "\(ended)")
        #expect(place.run("image", "ls", "-q").output == "")
    }

    @Test func `what strangers have written into an image steers no terminal`() throws {
        let steering = "\u{1B}[31mred\u{7}"
        let text =
            "FROM \(registry.local)/big\nLABEL evil=\"\(steering)\"\nUSER \(steering)\n"
            + "CMD [\"/no\(steering)\"]\n"
        #expect(place.run(["build", "-q", "-t", "evil", "-"], input: text).code == 0)
        let program = CommandLinePlace.program
        for line in [
            "\(program) run --rm evil", "\(program) run --rm --user 0 evil", "\(program) image history evil",
            "\(program) image inspect evil", "\(program) image rm 'x\(steering)'", "\(program) events --no-follow",
            "script -qec \"\(program) image inspect --format '{{.Config.User}}' evil\" /dev/null",
            "script -qec \"\(program) image history --no-trunc --format '{{.CreatedBy}}' evil\" /dev/null",
            "printf 'FROM evil\\nRUN x\\033[31m\\nCOPY y\\033[31m /\\n' | \(program) build -",
        ] {
            let ended = place.shell(line)
            #expect(!(ended.output + ended.error).contains("\u{1B}"), "\(line): \(ended)")
        }
        // A program gets what is there.
        let exact = place.run("image", "inspect", "--format", "{{.Config.User}}", "evil").output
        #expect(exact == steering + "\n")
    }
}
