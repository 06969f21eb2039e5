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

    @Test(arguments: [
        "--name", "--network", "-h", "--hostname", "--domainname", "-u", "--user", "-w", "--workdir", "--stop-signal",
        "--cpuset-cpus", "--platform", "--cidfile", "--entrypoint", "--restart", "--log-driver", "--pid", "--ipc",
        "--uts",
        "--userns", "--ip", "--detach-keys",
    ])
    func `an empty value is one that was not given`(name: String) throws {
        for option in name.hasPrefix("--") ? [[name, ""], ["\(name)="]] : [[name, ""]] {
            let ended = place.run(["run", "--rm", "--rootfs", place.rootfs] + option + ["echo", "--user="])
            #expect(ended.code == 0 && ended.output == "--user=\n" && ended.error == "", "\(option): \(ended)")
        }
    }

    @Test func `an option whose = nothing follows takes no other word`() {
        #expect(place.container("-d", "--name", "i1", "-u", "5", "-w", "/tmp", "sleep", "77").code == 0)
        let inside = place.run("exec", "--user=", "--workdir=", "i1", "sh", "-c", "id -u; echo $PWD")
        #expect(inside.code == 0 && inside.output == "5\n/tmp\n", "\(inside)")
        #expect(place.run("exec", "-w", "", "-u", "", "i1", "sh", "-c", "echo $PWD").output == "/tmp\n")
        #expect(place.run("logs", "--since=", "--until=", "i1").code == 0)
        #expect(place.run("ps", "--filter", "name=", "--format", "{{.Names}}").output == "i1\n")
        let label = place.run("create", "--label=", "--rootfs", place.rootfs, "true")
        #expect(label.code == 125 && label.error.contains("--label: “”"), "\(label)")
        place.shell("mkdir \(place.folder)/made && echo FROM scratch >\(place.folder)/made/Dockerfile")
        let built = place.run("build", "--build-arg=", "\(place.folder)/made")
        #expect(built.code == 64 && built.error.contains("--build-arg: “”"), "\(built)")
    }

    @Test func `run -a joins the streams that it names, and what it does not show is still logged`() {
        let script = "echo out; echo err >&2; exit 3"
        let error = place.container("-a", "STDERR", "--name", "c", "sh", "-c", script)
        #expect(error.code == 3 && error.output == "" && error.error == "err\n", "\(error)")
        #expect(place.run("logs", "c").output == "out\n")
        let both = place.container("--rm", "-a", "stdout", "--attach=stderr", "sh", "-c", script)
        #expect(both.code == 3 && both.output == "out\n" && both.error == "err\n", "\(both)")
        let joined = place.container("--rm", "-i", "-a", "stdin", "-astdout", "cat", input: "typed")
        #expect(joined.code == 0 && joined.output == "typed", "\(joined)")
        // Nobody types, and nothing ends the input either.
        let mute = place.container(
            "--rm", "-i", "-a", "stdout", "sh", "-c", "head -n 1 & sleep 0.3; kill $!; echo end", input: "typed\n")
        #expect(mute.code == 0 && mute.output == "end\n", "\(mute)")
        let clash = place.container("-d", "-a", "stdout", "true")
        #expect(clash.code == 125 && clash.error.contains("--attach and --detach exclude each other"), "\(clash)")
        #expect(place.container("-a", "out", "true").error.contains("--attach: “out” is no stream"))
        #expect(create("-a", "stdin", "--attach", "stdout").code == 0 && create("-a", "out").code == 125)
    }

    @Test func `run -a stdin prints the id, and leaves when all of the input is there`() {
        let fed = place.container(
            "-i", "-a", "stdin", "--name", "c", "sh", "-c", "cat; echo end; exec sleep 77", input: "one\ntwo\n")
        #expect(fed.code == 0 && fed.output.utf8.count == 65 && fed.error == "", "\(fed)")
        #expect(place.eventually { place.run("logs", "c").output == "one\ntwo\nend\n" })
        #expect(place.run("ps", "-q", "--no-trunc").output == fed.output)
    }

    @Test func `flags of docker's scripts that hold already are taken, and refused where they ask for something else`()
    {
        let taken = place.container(
            "--rm", "--cgroupns", "private", "--security-opt", "label=disable", "--runtime=runc", "--dns-opt",
            "ndots:2",
            "--dns-option=rotate", "--isolation", "default", "--disable-content-trust", "--volume-driver=local",
            "--log-opt", "tag=x", "cat", "/etc/resolv.conf")
        #expect(taken.code == 0 && taken.output.hasSuffix("options ndots:2 rotate\n"), "\(taken)")
        for words in [
            ["--cgroupns", "host"], ["--runtime", "nvidia"], ["--security-opt", "label=type:x_t"],
            ["--log-driver", "none"], ["--isolation", "hyperv"], ["--volume-driver", "nfs"], ["--cpuset-mems", "77"],
        ] {
            let refused = place.run(["run"] + words + ["--rootfs", place.rootfs, "true"])
            #expect(refused.code == 125 && refused.error.contains("\(words[0]): “\(words[1])” is "), "\(refused)")
        }
        #expect(place.container("--dns-option", "a b", "true").error.contains("no option of resolv.conf"))
        #expect(create("--disable-content-trust=false").code == 125)
        let link = create("--link", "db:database")
        #expect(link.code == 125 && link.error.contains("--network NAME"), "\(link)")
        #expect(link.error.contains("give db and this one") && link.error.contains("--network-alias"), "\(link)")
        #expect(place.run("network", "create", "--attachable").error.contains("missing expected argument"))
        #expect(create("--name", "c").code == 0 && place.run("logs", "--details", "c").code == 0)
        place.shell("mkdir \(place.folder)/made && echo FROM scratch >\(place.folder)/made/Dockerfile")
        func build(_ words: String...) -> CommandLinePlace.Ended {
            place.run(["build"] + words + ["\(place.folder)/made"])
        }
        let built = build(
            "--cache-to", "type=inline", "--compress", "--isolation=default", "--builder", "default", "-qtmade")
        #expect(built.code == 0, "\(built)")
        #expect(build("--cache-to", "type=local,dest=/x").code == 0 && build("--builder=other").code == 0)
        #expect(place.run("buildx", "build", "-q", "\(place.folder)/made").code == 0)
        let pruned = place.run("builder", "prune", "-f")
        #expect(pruned.code == 0 && place.run("images", "-q").output != "", "\(pruned)")
        #expect(place.run("history", "-H", "made").output == place.run("history", "made").output)
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
        #expect(rows == "images 1 0\ncontainers 1 0\nvolumes 1 1\nbuild cache 0 0\n")
        #expect(place.run("system", "prune").code == 1 && place.run("ps", "-aq").output.utf8.count == 13)
        #expect(place.run("system", "prune", "-a", "-f", "--volumes").code == 0)
        #expect(place.run("ps", "-aq").output + place.run("images", "-q").output == "")
        #expect(place.run("volume", "ls", "-q").output == "data\n")
        #expect(place.run("system", "events", "--no-follow").output == place.run("events", "--until", "0s").output)
    }

    @Test func `system df -v lists each with its size, and filters keep what a prune would take`() {
        #expect(place.run("image", "import", "-q", "-l", "keep=1", place.rootfs, "base").code == 0)
        #expect(create("--name", "one", "-l", "keep=1").code == 0 && create("--name", "two").code == 0)
        #expect(place.run("volume", "create", "-l", "keep=1", "data").code == 0)
        #expect(place.run("volume", "create", "more").code == 0)
        let items = place.run("system", "df", "-v", "--format", "{{.Type}} {{.Name}} {{gt .Size 0}}").output
        #expect(
            items == "image base:latest true\ncontainer one true\ncontainer two true\nvolume data true\n"
                + "volume more true\n")
        #expect(place.run("system", "prune", "-af", "--filter", "until=24h").code == 0)
        #expect(place.run("ps", "-aq").output.utf8.count == 26 && place.run("images", "-q").output != "")
        #expect(place.run("system", "prune", "-af", "--filter", "label!=keep").code == 0)
        #expect(place.run("ps", "-a", "--format", "{{.Names}}").output == "one\n")
        #expect(place.run("images", "-q").output != "")
        #expect(place.run("volume", "prune", "-af", "--filter", "label!=keep").code == 0)
        #expect(place.run("volume", "ls", "-q").output == "data\n")
        let clash = place.run("system", "prune", "-f", "--volumes", "--filter", "until=1h")
        #expect(clash.code == 1 && clash.error.contains("exclude each other"), "\(clash)")
        #expect(place.run("system", "prune", "-f", "--filter", "colour=red").code == 64)
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
        #expect(create("--name", "four", "-v", "/etc:/host", "--expose", "53/udp", "--expose", "8000-8010").code == 0)
        #expect(names("volume=/etc") == ["four"] && names("volume=/host") == ["four"] && names("volume=/dev") == [])
        #expect(names("expose=53/udp") == ["four"] && names("expose=8003") == ["four"] && names("expose=53") == [])
        #expect(names("status=dead") == [])
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
        #expect(place.run("tag", "base", "base:2").code == 0)
        #expect(place.run("ps", "-aq", "-f", "ancestor=base:2").output.utf8.count == 13)
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
