import Glibc
import Linux
import Records
import Testing

/// What users of docker type by habit.
@Suite(.serialized, .enabled(if: CommandLinePlace.obstacle == nil, "real containers: needs root and busybox"))
struct CommandLineDockerTests {
    private let place: CommandLinePlace

    init() throws { place = try CommandLinePlace() }

    @discardableResult
    private func create(_ words: String...) -> CommandLinePlace.Ended {
        place.run(["create"] + words + ["--rootfs", place.rootfs, "true"])
    }

    @Test func `a new file gets the id, and one that is there is refused before anything is made`() {
        let file = "\(place.folder)/id"
        let made = create("--cidfile", file)
        #expect(made.code == 0 && made.output == "\(Files.text(file) ?? "")\n", "\(made)")
        #expect(create("--cidfile", file).code == 125)
        #expect(place.run("ps", "-aq").output.split(separator: "\n").count == 1)
    }

    @Test func `labels come from a file, annotations go into the bundle, and CPU time has two more flags`() throws {
        try Files.replace("\(place.folder)/labels", with: "# none\na=1\nb=2\n".utf8, durable: false)
        let made = create(
            "--name", "c", "--label-file", "\(place.folder)/labels", "-l", "b=3", "--annotation", "org.example.a=b",
            "--cpu-quota", "150000", "--quiet", "--expose", "80")
        #expect(made.code == 0, "\(made.error)")
        let shown = place.run(
            "ps", "-a", "--format", "{{.Label \"a\"}} {{.Label \"b\"}} {{.Label \"c\"}} {{.Networks}}")
        #expect(shown.output == "1 3  none\n", "\(shown)")
        #expect(place.run("inspect", "-f", "{{.Limits.Cpus}}", "c").output == "1.5\n")
        let id = place.run("ps", "-aq", "--no-trunc").output.dropLast()
        #expect(Files.text("\(place.layout.containers)/\(id)/config.json")?.contains("\"org.example.a\":\"b\"") == true)
        for words in [["--cpu-quota", "9", "--cpus", "1"], ["--cpu-period", "1000"], ["--platform", "linux/s390x"]] {
            let refused = place.run(["create"] + words + ["--rootfs", place.rootfs, "true"])
            #expect(refused.code == 125 && refused.error.contains(words[0]), "\(refused)")
        }
    }

    @Test func `a container gets another's volumes and folders, one's own in their place`() throws {
        try Files.makeDirectories("\(place.folder)/shared")
        let first = place.container(
            "--name", "first", "-v", "data:/data", "-v", "\(place.folder)/shared:/shared", "-v", "/own", "sh", "-c",
            "echo kept >/data/f; echo kept >/shared/f")
        #expect(first.code == 0, "\(first.error)")
        let second = place.container(
            "--rm", "--volumes-from", "first:ro", "sh", "-c", "cat /data/f /shared/f; echo >/data/g")
        #expect(second.output == "kept\nkept\n" && second.error.contains("Read-only"), "\(second)")
        let third = place.container("--rm", "--volumes-from", "first", "-v", "other:/data", "sh", "-c", "cat /data/f")
        #expect(third.output == "" && place.container("--volumes-from", "nobody", "true").code == 125)
        let mount = "cd \(place.folder) && \(CommandLinePlace.program) run --rm --rootfs \(place.rootfs) --mount"
        #expect(place.shell("\(mount) type=bind,src=./shared,dst=/m cat /m/f").output == "kept\n")
    }

    @Test func `system tells what takes the disk, and prunes all kinds in one go`() {
        #expect(place.run("image", "import", "-q", place.rootfs, "base").code == 0)
        #expect(place.container("--name", "one", "-v", "data:/d", "true").code == 0)
        let rows = place.run("system", "df", "--format", "{{.Type}} {{.TotalCount}} {{.Active}}").output
        #expect(rows == "images 1 0\ncontainers 1 0\nvolumes 1 1\n")
        #expect(place.run("system", "prune").code == 1 && place.run("ps", "-aq").output.utf8.count == 13)
        #expect(place.run("system", "prune", "-a", "-f", "--volumes").code == 0)
        #expect(place.run("ps", "-aq").output + place.run("images", "-q").output == "")
        #expect(place.run("volume", "ls", "-q").output == "data\n")
        #expect(place.run("system", "events", "--no-follow").output == place.run("events", "--until", "0s").output)
    }

    @Test func `top takes options of ps, and refuses what is none`() {
        #expect(place.container("-d", "--name", "c", "sleep", "77").code == 0)
        let shown = place.run("top", "c", "-eo", "user,comm", "--no-headers").output
        #expect(shown.hasSuffix("sleep 77\n") && shown.split(separator: " ").count == 3, "\(shown)")
        #expect(place.run("top", "c", "aux").output.contains("sleep 77"))
        #expect(place.run("top", "--format", "{{.Command}}", "c").output == "sleep 77\n")
        #expect(place.run("top", "c", "--forest").code == 64 && place.run("top").code == 64)
    }

    @Test func `a build writes its digest into a file`() {
        let folder = "\(place.folder)/made"
        place.shell(
            "mkdir \(folder) && cp /bin/busybox \(folder) && printf 'FROM scratch\\nCOPY busybox /' >\(folder)/Dockerfile"
        )
        let built = place.run("build", "-q", "--progress", "plain", "--iidfile", "\(place.folder)/iid", folder)
        #expect(built.code == 0 && "\(Files.text("\(place.folder)/iid") ?? "")\n" == built.output, "\(built)")
        #expect(place.run("build", "--platform", "linux/s390x", folder).code == 1)
    }

    @Test func `containers and events are filtered as docker filters them`() {
        for name in ["one", "two", "three"] { #expect(create("--name", name, "-l", "n=\(name)").code == 0) }
        func names(_ filter: String...) -> [Substring] {
            let flags = filter.flatMap { ["--filter", $0] }
            return place.run(["ps", "-a", "--format", "{{.Names}}"] + flags).output.split(separator: "\n")
        }
        #expect(names("since=one") == ["three", "two"] && names("before=two") == ["one"])
        #expect(names("label!=n=two", "network=none") == ["three", "one"])
        #expect(place.run("ps", "-a", "--filter", "since=nobody").code == 1)
        place.run("rm", "two")
        func events(_ filter: String...) -> String {
            place.run(["events", "--no-follow", "--format", "{{.Name}} {{.Event}}"] + filter.flatMap { ["-f", $0] })
                .output
        }
        #expect(events("container=two") == "two created\ntwo removed\n")
        #expect(events("event=destroy") == "two removed\n" && events("event=removed", "type=image") == "")
        #expect(events("label=n=one") == "one created\n")
        #expect(place.run("events", "--filter", "colour=red").code == 64)
    }

    @Test func `events go on as more happens, from now on, and end with --until`() throws {
        #expect(create("--name", "before").code == 0)
        let seen = "\(place.folder)/seen"
        let follower = try #require(
            place.start(["events", "-f", "event=create", "-f", "image=\(place.rootfs)", "--format", "{{.Name}}"]) {
                posix_spawn_file_actions_addopen(&$0, 1, seen, O_WRONLY | O_CREAT, 0o600)
            })
        var count = 0
        #expect(
            place.eventually {
                count += 1
                create("--name", "now\(count)")
                return Files.text(seen)?.contains("now") == true
            })
        kill(follower, SIGTERM)
        #expect(CommandLinePlace.wait(for: follower) == 143)
        let names = try #require(Files.text(seen)).split(separator: "\n")
        #expect(names.allSatisfy { $0.hasPrefix("now") }, "\(names)")
        #expect(place.run("events", "--until", "0s", "-f", "container=before").output.contains("before"))
    }

    @Test func `an image's containers are found by any name of it, and by its id`() {
        #expect(place.run("image", "import", "-q", place.rootfs, "base").code == 0)
        #expect(place.run("create", "--name", "c", "base", "true").code == 0)
        let digest = place.run("inspect", "-f", "{{.ImageDigest}}", "c").output.dropLast()
        let hex = digest.dropFirst("sha256:".count)
        for name in ["base", "base:latest", "docker.io/library/base", "\(digest)", "\(hex)", "\(hex.prefix(12))"] {
            #expect(place.run("ps", "-aq", "-f", "ancestor=\(name)").output.utf8.count == 13, "\(name)")
        }
        #expect(place.run("ps", "-aq", "-f", "ancestor=base:2").output == "")
    }

    @Test func `what may not be given to a program is said, and lowered`() throws {
        let run = "\(CommandLinePlace.program) run --rm --rootfs \(place.rootfs) --ulimit nofile=900"
        let granted = place.shell("ulimit -n 800; \(run) sh -c 'ulimit -n'")
        // Root without CAP_SYS_RESOURCE gets what it has.
        let lowered = granted.output == "800\n"
        #expect(lowered || granted.output == "900\n", "\(granted)")
        #expect(granted.error.contains("--ulimit nofile is lowered to 800") == lowered, "\(granted)")
        #expect(place.shell("ulimit -n 1000; \(run) true").error == "")
    }

    @Test func `what may not be given to a program is said at each of its starts, by whoever it is started by`() {
        #expect(place.container("-d", "--name", "web", "--ulimit", "nofile=900", "sleep", "60").code == 0)
        let sentence = "boxtop: container web: --ulimit nofile is lowered to 800: to give more needs CAP_SYS_RESOURCE\n"
        func limited(_ words: String) -> String {
            place.shell("ulimit -n 800; \(CommandLinePlace.program) \(words)").error
        }
        // Its supervisor has more than this shell.
        #expect(limited("restart -t 0 web") == "")
        #expect(place.run("stop", "-t", "0", "web").code == 0)
        let said = limited("start web")
        let open = place.run("exec", "web", "busybox", "grep", "Max open files", "/proc/1/limits").output
        #expect(said == (open.contains(" 900 ") ? "" : sentence), "\(open)")
        #expect(place.run("restart", "-t", "0", "web").error == said)
        #expect(place.run("stop", "-t", "0", "web").code == 0)
        #expect(limited("restart web") == said)
    }

    @Test func `what is not there is said, and by force no failure`() {
        for words in [["rm"], ["rmi"], ["network", "rm"]] {
            let refused = place.run(words + ["nobody"])
            let forced = place.run(words + ["-f", "nobody"])
            #expect(refused.code == 1 && forced.code == 0 && forced.output == "", "\(words): \(forced)")
            #expect(forced.error == refused.error && forced.error.contains("nobody"), "\(words): \(forced)")
        }
    }

    @Test func `-f is the format where docker has it so`() {
        #expect(place.run("volume", "create", "data").code == 0)
        let folder = place.run("volume", "inspect", "-f", "{{.Mountpoint}} {{.Name}}", "data").output
        #expect(folder.hasSuffix("/data data\n") || folder.hasSuffix(" data\n"), "\(folder)")
        #expect(place.run("version", "-f", "{{.Version}}").output.contains("."))
        #expect(place.run("info", "-f", "{{.Kernel}}").output.contains("."))
    }
}
