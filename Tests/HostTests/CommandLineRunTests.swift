import Glibc
import Linux
import Records
import Testing

@Suite(
    .serialized,
    .enabled(if: CommandLinePlace.obstacle == nil, Comment(rawValue: CommandLinePlace.obstacle ?? "")))
struct CommandLineRunTests {
    private let place: CommandLinePlace

    init() throws { place = try CommandLinePlace() }

    @Test func `run in the foreground gives output, errors and the exit code`() {
        let ended = place.container("--rm", "sh", "-c", "echo out; echo err >&2; exit 7")
        #expect(ended.output == "out\n")
        #expect(ended.error == "err\n")
        #expect(ended.code == 7)
        #expect(place.leftovers == [])
    }

    @Test(
        arguments: [
            (["true"], 0), (["sh", "-c", "exit 255"], 255), (["/etc"], 126), (["not-there"], 127),
            (["sh", "-c", "sh -c 'kill -TERM $$'; exit $?"], 143),
        ] as [([String], Int32)])
    func `exit codes are docker's, and nothing is left`(command: [String], code: Int32) {
        #expect(place.run(["run", "--rm", "--rootfs", place.rootfs] + command).code == code)
        #expect(place.eventually { place.leftovers == [] })
    }

    @Test(
        arguments: [
            (["--memory", "12x"], "--memory: “12x” is not a size"),
            (["--memory", "-5m"], "--memory: “-5m” is not a size"),
            (["--memory", "100k"], "--memory: “100k” is too little"),
            (["--cpus", "none"], "--cpus: “none” is not a number of cores"),
            (["--pids-limit", "-3"], "--pids-limit: “-3” is not a whole number"),
            (["--cpuset-cpus", "9-1"], "--cpuset-cpus: “9-1” is not a list of cores"),
            (["--memory-swap", "1g"], "--memory-swap: a limit of memory and swap needs one of memory too"),
            (["--restart", "sometimes"], "--restart: “sometimes” is not a restart policy"),
            (["-v", "a:b"], "--volume: “a:b” is not a volume"), (["--name", "a b"], "“a b” is no name"),
            (["--cap-add", "FLY"], "FLY"), (["--user", "nobody-here"], "nobody-here"),
            (["--device-read-bps", "/dev/null:1m"], "/dev/null"), (["--frobnicate"], "unknown option '--frobnicate'"),
            (["--rm", "--restart", "always"], "--rm and --restart exclude each other"),
        ])
    func `nonsense is refused in one sentence, with 125, and leaves nothing behind`(flags: [String], sentence: String) {
        let ended = place.run(["run"] + flags + ["--rootfs", place.rootfs, "true"])
        #expect(ended.code == 125)
        #expect(ended.error.hasPrefix("boxtop: "))
        #expect(ended.error.contains(sentence), "\(ended.error)")
        #expect(ended.error.split(separator: "\n").count == 1, "\(ended.error)")
        #expect(place.leftovers == [])
    }

    @Test(arguments: ["-p 8080:80", "-P", "--ip 10.180.0.9", "--ip6 fd00::9", "--network-alias www"])
    func `what needs a network is refused where none is wanted`(flags: String) {
        for verb in ["run", "create"] {
            let ended = place.run(
                [verb] + flags.split(separator: " ").map(String.init) + ["--rootfs", place.rootfs, "true"])
            #expect(ended.code == 125 && ended.error.contains("BOXTOP_NETWORK is none"), "\(ended)")
            #expect(place.leftovers == [])
        }
    }

    @Test func `an image that is not there, and no image at all, are refused with 125`() {
        let unknown = place.run("run", "--rm", "no-such-image", "true")
        #expect(unknown.code == 125)
        #expect(unknown.error.contains("no-such-image"))
        #expect(place.run("run").code == 125)
        #expect(place.run("run", "--rootfs", "\(place.folder)/nothing", "true").code == 125)
        #expect(place.leftovers == [])
    }

    @Test(arguments: ["--state s --run r", "--state=./s --run=x/../r"])
    func `places may be relative to the folder that one is in`(places: String) throws {
        try Files.makeDirectories("\(place.folder)/x")
        let boxtop = "cd \(place.folder) && \(CommandLinePlace.program) \(places)"
        let ended = place.shell("\(boxtop) run --name c --rootfs rootfs echo hello; cd /")
        #expect(ended == .init(code: 0, output: "hello\n", error: ""))
        #expect(place.shell("\(boxtop) start -a c && \(boxtop) rm c").output == "hello\nc\n")
        #expect(Files.exists("\(place.folder)/s/containers"))
    }

    @Test func `what is piped in comes out whole`() {
        let text = (0..<20_000).map { "line \($0)\n" }.joined()
        let ended = place.container("--rm", "-i", "cat", input: text)
        #expect(ended.output == text)
        #expect(ended.code == 0)
    }

    @Test func `a caller that ignores the end of its children keeps boxtop from nothing`() {
        let line = "trap '' CHLD HUP; exec \(CommandLinePlace.program) run --rm --rootfs \(place.rootfs) sh -c 'exit 3'"
        let ended = place.shell(line)
        #expect(ended.code == 3, "\(ended.error)")
    }

    @Test func `a standard stream that is closed is an empty one, and nobody else's file`() {
        let run = "\(CommandLinePlace.program) run -i --rm --rootfs \(place.rootfs)"
        #expect(place.shell("timeout 20 \(run) cat <&-").code == 0)
        #expect(place.shell("\(run) sh -c 'echo out; echo err >&2' 2>&-").output == "out\n")
        let folder = "\(place.folder)/root"
        place.shell("mkdir \(folder) && cp /bin/busybox \(folder) && echo 'FROM scratch' >\(folder)/Containerfile")
        #expect(place.shell("\(CommandLinePlace.program) build -t closed \(folder) 2>&-").code == 0)
        #expect(Files.text("\(place.layout.images)/.lock") == "")
    }

    @Test(arguments: [
        ("ps", 1), ("images", 1), ("version", 1), ("--help", 1), ("logs said", 1), ("inspect said", 1),
        ("events --no-follow", 1),
        ("run --rm --rootfs ROOT echo out", 125), ("create --rootfs ROOT true", 125),
        ("run --rm --rootfs ROOT sh -c 'echo out; exit 3'", 3),
    ])
    func `output that cannot be written is said, and no success`(line: String, code: Int32) {
        place.container("--name", "said", "echo", "out")
        let words = line.replacing("ROOT", with: place.rootfs)
        let ended = place.shell("\(CommandLinePlace.program) \(words) >/dev/full")
        #expect(ended.code == code)
        #expect(ended.error == "boxtop: cannot write to standard output: no space left on device\n")
    }

    @Test func `flags take a value, as docker's do`() {
        #expect(place.container("--name", "stays", "--rm=false", "-it=false", "-d=0", "echo", "--rm=false").code == 0)
        #expect(place.run("logs", "--follow=false", "stays").output == "--rm=false\n")
        #expect(place.run("ps", "--all=true", "-q=1").output.utf8.count == 13)
        #expect(place.run("image", "list", "-q=true").code == 0)
        #expect(place.run("rm", "--force=true", "stays").code == 0)
        #expect(place.container("--rm=maybe", "true").code == 125)
        let refused = place.container("--rm=", "true")
        #expect(refused.code == 125 && refused.error.contains("of --rm=: write --rm, or --rm=false (see"), "\(refused)")
    }

    @Test func `several letters in one word are flags, and an option with its value`() {
        let said = place.container("--rm", "-eA=1", "-lx=y", "-ie=B=2", "sh", "-c", "echo $A $B")
        #expect(said.code == 0 && said.output == "1 2\n", "\(said)")
        #expect(place.container("-dqeA=1", "--name", "f1", "sh", "-c", "echo a; echo b; exec sleep 77").code == 0)
        #expect(place.eventually { place.run("logs", "f1").output == "a\nb\n" })
        #expect(place.run("exec", "-iu5", "f1", "id", "-u").output == "5\n")
        #expect(place.run("exec", "-iw/tmp", "-eA=2=3", "f1", "sh", "-c", "echo $PWD $A").output == "/tmp 2=3\n")
        #expect(place.run("logs", "-tn1", "f1").output.hasSuffix("Z b\n"))
        #expect(
            place.run("ps", "-qn1").output.utf8.count == 13 && place.run("ps", "-qf=name=f1").output.utf8.count == 13)
        #expect(place.run("ps", "-aqfname=nobody").output == "" && place.run("images", "-qfdangling=true").code == 0)
        #expect(place.run("exec", "f1", "echo", "-itu0").output == "-itu0\n")
        let refused = place.run("exec", "-iz0", "f1", "true")
        #expect(refused.code == 125 && refused.error.contains("unknown option '-"), "\(refused)")
    }

    @Test func `in the host's network, and in another container's, its own name is one that is found`() {
        let host = place.container("--rm", "--network", "host", "hostname").output
        #expect(host == place.shell("uname -n").output)
        #expect(place.container("--rm", "--network", "host", "hostname", "-i").code == 0)
        let named = place.container("--rm", "--network", "host", "-h", "boxy", "sh", "-c", "hostname; hostname -i")
        #expect(named.code == 0 && named.output == "boxy\n127.0.0.1\n", "\(named)")
        #expect(place.container("-d", "--name", "one", "-h", "boxy", "sleep", "77").code == 0)
        let other = place.container("--rm", "--network", "container:one", "sh", "-c", "hostname; hostname -i")
        #expect(other.code == 0 && other.output == "boxy\n127.0.0.1\n", "\(other)")
    }

    @Test func `a restart joins the network that the other container has by then`() {
        #expect(place.container("-d", "--name", "one", "sleep", "77").code == 0)
        #expect(place.container("-d", "--name", "near", "--network", "container:one", "sleep", "78").code == 0)
        func network(_ name: String) -> String {
            place.run("exec", name, "busybox", "readlink", "/proc/self/ns/net").output
        }
        let before = network("one")
        #expect(before.hasPrefix("net:") && place.run("restart", "-t", "0", "one").code == 0)
        #expect(network("one") != before && network("near") == before)
        let again = place.run("restart", "-t", "0", "near")
        #expect(again.code == 0 && network("near") == network("one"), "\(again)")
    }

    @Test func `what follows the image is the program's, options and all`() {
        #expect(place.container("--rm", "echo", "-n", "--rm", "--", "-d").output == "--rm -- -d")
    }

    @Test func `environment, workdir, host name and user are as they were asked for`() throws {
        try Files.replace("\(place.folder)/env", with: Array("# none\nA=1\nB=two words\n".utf8))
        let ended = place.container(
            "--rm", "--env-file", "\(place.folder)/env", "-e", "A=2", "-e", "TERM", "-w", "/tmp", "-h", "boxy", "-u",
            "12:34", "sh", "-c", "echo $A $B $TERM $PWD; hostname; id -u; id -g")
        #expect(ended.output == "2 two words xterm /tmp\nboxy\n12\n34\n", "\(ended.error)")
    }

    @Test func `a signal to the foreground goes on to the program`() {
        let process = place.start(
            [
                "run", "--rm", "--name", "proxied", "--rootfs", place.rootfs, "sh", "-c",
                "trap 'exit 42' TERM; while :; do sleep 0.05; done",
            ])
        #expect(place.eventually { place.run("ps").output.contains("proxied") })
        usleep(200_000)
        kill(process ?? 0, SIGTERM)
        #expect(process.map { CommandLinePlace.wait(for: $0) } == 42)
    }

    @Test func `a foreground that is killed leaves its container running`() {
        let process = place.start(["run", "--name", "left", "--rootfs", place.rootfs, "sleep", "60"])
        #expect(place.eventually { place.run("ps").output.contains("left") })
        kill(process ?? 0, SIGKILL)
        _ = process.map { CommandLinePlace.wait(for: $0) }
        #expect(place.run("ps", "--format", "{{.Names}} {{.State}}").output == "left running\n")
        #expect(place.run("rm", "-f", "left").code == 0)
        #expect(place.leftovers == [])
    }

    @Test func `what goes with its end is not flushed to the disk, and outlives a restart all the same`() {
        #expect(place.run("image", "pack", "-t", "tiny", "/bin/busybox").code == 0)
        let script = "busybox echo life >> /lives; exec busybox sleep 1000"
        for (name, more) in [("passing", ["--rm"]), ("staying", [])] {
            let made = place.run(["run", "-d", "--name", name] + more + ["tiny", "busybox", "sh", "-c", script])
            #expect(made.code == 0, "\(made.error)")
            #expect(place.run("restart", "-t", "0", name).code == 0)
            #expect(place.run("restart", "-t", "0", name).code == 0)
            #expect(
                place.eventually {
                    place.run("exec", name, "busybox", "cat", "/lives").output == "life\nlife\nlife\n"
                })
            let mounts = place.run("exec", name, "busybox", "cat", "/proc/mounts").output
            let root = mounts.split(separator: "\n").first { $0.contains(" / overlay") } ?? ""
            // Kernels that do not take layers one by one mount both as ever.
            if root.contains("lowerdir+") { #expect(root.contains("fsync=volatile") == (more == ["--rm"]), "\(root)") }
            #expect(place.run("rm", "-f", name).code == 0)
        }
        #expect(place.leftovers == [])
    }

    @Test func `a seccomp profile of a person's own holds in place of the usual one`() throws {
        let rules = """
            {"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28},
            {"names": ["chdir"], "action": "SCMP_ACT_ERRNO", "includes": {"caps": ["CAP_SYS_BOOT"]}},
            {"name": "rmdir", "action": "SCMP_ACT_ERRNO", "errnoRet": 16, "excludes": {"caps": ["CAP_SYS_BOOT"]}}
            """
        let profile = "\(place.folder)/profile.json"
        let text = "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [\(rules)]}"
        try Files.replace(profile, with: text.utf8, durable: false)
        let script = "mkdir() { busybox mkdir $1; }; mkdir /d; cd / && echo there; busybox rmdir /proc"
        let held = place.container("--rm", "--security-opt", "seccomp=\(profile)", "sh", "-c", script)
        #expect(held.output == "there\n", "\(held.error)")
        #expect(held.error.contains("/d': No space left on device") && held.error.contains("resource busy"))
        for (text, part) in [("{", "is not a seccomp profile"), ("{\"defaultAction\": \"NO\"}", "NO")] {
            try Files.replace(profile, with: text.utf8, durable: false)
            let refused = place.container("--rm", "--security-opt", "seccomp=\(profile)", "true")
            #expect(refused.code == 125 && refused.error.contains(part), "\(refused)")
        }
        #expect(place.container("--rm", "--security-opt", "seccomp=/not/there", "true").code == 125)
        #expect(place.leftovers == [])
    }

    @Test func `what is not UTF-8 is refused, and nothing else done in its place`() throws {
        let boxtop = "cd \(place.folder); h=$(printf 'h\\377'); \(CommandLinePlace.program)"
        let run = "run --rm --rootfs \(place.rootfs)"
        let folder = place.shell("\(boxtop) \(run) -v \(place.folder)/$h:/m true")
        #expect(folder.code == 125 && folder.error.contains("of the command line is not UTF-8"), "\(folder)")
        #expect(try !Files.names(in: place.folder).contains { $0.hasPrefix("h") && $0 != "home" })
        #expect(place.shell("\(boxtop) \(run) echo $h").output.isEmpty)
        #expect(place.shell("\(boxtop) image ls $h").code == 64)
        let variable = place.shell("export V=$(printf '\\377'); \(boxtop) \(run) -e V env")
        #expect(variable.code == 125 && variable.error.contains("the value of V here is not UTF-8"), "\(variable)")
        let place = self.place.shell("export BOXTOP_STATE=\(self.place.folder)/$(printf '\\377'); \(boxtop) ps")
        #expect(place.code == 64 && place.error.contains("is not UTF-8: use another place"), "\(place)")
        let list = "\(self.place.folder)/list"
        let file = self.place.shell("printf 'V=\\377\\n' >\(list); \(boxtop) \(run) --env-file \(list) env")
        #expect(file.code == 125 && file.error.hasSuffix("is not UTF-8\n"), "\(file)")
    }
}
