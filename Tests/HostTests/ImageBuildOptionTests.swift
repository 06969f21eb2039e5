import Glibc
import Linux
import Records
import Testing

/// How RUN is done, and where what is built goes.
@Suite(.serialized, .enabled(if: CommandLinePlace.obstacle == nil, "real containers: needs root and busybox"))
struct ImageBuildOptionTests: BuildsImages {
    let place: CommandLinePlace

    init() throws {
        place = try Self.newPlace()
    }

    @Test func `each RUN has the hosts, limits and memory that are asked for, and the image has not`() {
        let text = """
            FROM base
            RUN busybox grep 10.1.2.3 /etc/hosts >/seen; ulimit -n >>/seen; busybox df -k /dev/shm | busybox tail -n 1 \\
            | busybox awk '{print $2}' >>/seen; cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/pids.max >>/seen 2>&1; true
            """
        let built = build(
            text, "--add-host", "db:10.1.2.3", "--ulimit", "nofile=333:444", "--shm-size", "8m", "-m", "200m", "--cpus",
            "1.5", "--cpu-shares", "512", "--memory-swap", "-1")
        #expect(built.code == 0, "\(built.error)")
        let seen = run("cat", "/seen").split(separator: "\n")
        #expect(seen.prefix(3).elementsEqual(["10.1.2.3\tdb", "333", "8192"]), "\(seen)")
        #expect(seen.contains("209715200") || seen.contains { $0.contains("No such file") }, "\(seen)")
        #expect(!run("cat", "/etc/hosts").contains("10.1.2.3"))
        let other = build(text, "--add-host", "db:10.1.2.4")
        #expect(other.code == 0 && !other.error.contains("from the cache"), "\(other.error)")
        for options in [("--ulimit", "odd=1"), ("--add-host", "x"), ("--shm-size", "x"), ("-m", "x")] {
            #expect(build(text, options.0, options.1).code != 0)
        }
    }

    @Test func `what scripts for docker say is taken`() {
        let built = build(
            "FROM base\n", "--rm", "--force-rm=true", "--load", "--progress", "plain", "--cache-from", "made:cache",
            "--progress=tty", "--rm=false", "--provenance=false", "--sbom", "false")
        #expect(built.code == 0, "\(built.error)")
        #expect(!built.error.contains("is not done here"), "\(built.error)")
    }

    @Test func `what changes nothing in an image is taken with a word, and builds it`() {
        let options = [
            ["--provenance=mode=max"], ["--sbom=true"], ["--attest", "type=sbom"], ["--cache-to", "type=gha,mode=max"],
            ["--builder", "ci"], ["--security-opt", "seccomp=unconfined"], ["--cgroup-parent", "x"], ["--squash"],
        ]
        for words in options {
            let built = place.run(["build", "-t", "made"] + words + ["-"], input: "FROM base\n")
            #expect(built.code == 0 && built.error.contains("boxtop: \(words[0])"), "\(built.error)")
        }
        let built = place.run(
            [
                "build", "--disable-content-trust", "--attest", "type=sbom,disabled=true", "--cache-to", "type=inline",
                "-",
            ],
            input: "FROM base\n")
        #expect(built.code == 0 && !built.error.contains("boxtop:"), "\(built.error)")
    }

    @Test func `an annotation is the manifest's, and a check builds nothing`() throws {
        #expect(
            build("FROM base\n", "--annotation", "a=b:c", "--annotation", "manifest:d=e", "--annotation", "index:f=g")
                .code == 0)
        let digest = place.run("image", "ls", "-q", "--no-trunc", "made").output.split(separator: "\n")[0].dropFirst(7)
        let manifest = Files.text("\(place.layout.images)/blobs/sha256/\(digest)") ?? ""
        #expect(manifest.contains(#""annotations":{"a":"b:c","d":"e"}"#), "\(manifest)")
        #expect(build("FROM base\n", "--annotation", "odd:f=g").code == 64)
        for words in [["--check"], ["--call", "check"]] {
            let fine = place.run(["build", "-t", "unmade"] + words + ["-"], input: "FROM base\nRUN exit 3\n")
            #expect(fine.code == 0 && place.run("images", "-q", "unmade").output == "", "\(fine)")
            let bad = place.run(["build"] + words + ["-"], input: "FROM base\nRUN --security=insecure true\n")
            #expect(bad.code == 1 && bad.error.contains("line 2"), "\(bad)")
        }
    }

    @Test func `what a step has written before it failed is shown, even by a quiet build, and no other`() {
        let text = "FROM base\nRUN echo fine\nRUN seq 100000; printf 'the reason'; exit 7\n"
        let ended = build(text, "-q")
        #expect(ended.code == 1 && ended.output == "" && !ended.error.contains("fine\n"), "\(ended.output)")
        #expect(ended.error.contains("100000\nthe reason\nboxtop: "), "\(ended.error.suffix(300))")
        #expect(ended.error.utf8.count < 70_000 && ended.error.contains("ended with 7"))
        let built = build("FROM base\nRUN echo fine\n", "-q")
        #expect(built.code == 0 && built.error == "", "\(built.error)")
    }

    @Test func `there is one builder, whatever scripts call it`() {
        let made = place.run("buildx", "create", "--use", "--name", "ci", "--driver", "docker-container", "--bootstrap")
        #expect(made.code == 0 && made.output == "ci\n" && made.error.contains("one builder here"), "\(made)")
        #expect(place.run("buildx", "create").output == "default\n" && place.run("buildx", "use", "ci").code == 0)
        let shown = place.run("buildx", "inspect", "--bootstrap")
        #expect(shown.output.hasPrefix("Name:          default\n") && shown.output.contains("linux/"), "\(shown)")
        #expect(place.run("buildx", "ls", "--format", "{{.Name}}").output == "default\n")
        #expect(place.run("buildx", "version").output.hasPrefix("boxtop ") && place.run("buildx", "rm", "ci").code == 0)
        #expect(place.run("buildx", "bake").error.contains("there is no bake here"))
        let built = place.run(["buildx", "--builder", "ci", "build", "-q", "-"], input: "FROM base\n")
        #expect(built.code == 0, "\(built)")
    }

    @Test func `what is said before the first FROM counts in a stage as it counts for FROM`() {
        let text = """
            ARG A=1 B=2
            ARG VERSION=1.0
            ARG FULL=v$VERSION-x ARCH=$TARGETARCH
            FROM base
            ARG A
            ARG B
            ARG FULL
            ARG ARCH
            RUN echo "$A $B $FULL $ARCH" >/seen
            """
        let platform = place.run("image", "inspect", "--format", "{{.Architecture}}", "base").output
        for (options, version) in [([], "1.0"), (["--build-arg", "VERSION=9"], "9")] {
            let built = place.run(["build", "-t", "made"] + options + ["-"], input: text)
            #expect(built.code == 0, "\(built.error)")
            #expect(run("cat", "/seen") == "1 2 v\(version)-x \(platform)")
        }
    }

    @Test func `an argument of a stage counts in those that are made from it, and in no others`() {
        let text = """
            FROM base AS one
            ARG NAME=joe
            FROM one AS two
            ARG OTHER=$NAME
            RUN echo "$NAME $OTHER" >/seen
            FROM base
            COPY --from=two /seen /seen
            RUN echo "[$NAME]" >>/seen
            """
        for (options, name) in [([], "joe"), (["--build-arg", "NAME=jim"], "jim")] {
            let built = place.run(["build", "-t", "made"] + options + ["-"], input: text)
            #expect(built.code == 0, "\(built.error)")
            #expect(run("cat", "/seen") == "\(name) \(name)\n[]\n")
        }
    }

    @Test func `a stage is done anew by its name, and those that are made from it`() {
        let text = """
            FROM base AS kept
            RUN cat /proc/sys/kernel/random/uuid >/kept
            FROM base AS anew
            RUN cat /proc/sys/kernel/random/uuid >/anew
            FROM anew
            RUN cat /anew >/later
            COPY --from=kept /kept /kept
            """
        func ids(_ options: String...) -> [String] {
            let built = place.run(["build", "-t", "made"] + options + ["-"], input: text)
            #expect(built.code == 0, "\(built.error)")
            return ["/kept", "/anew", "/later"].map { run("cat", $0) }
        }
        let first = ids()
        #expect(ids() == first)
        let second = ids("--no-cache-filter", "Anew")
        #expect(second[0] == first[0] && second[1] != first[1] && second[2] == second[1])
        #expect(ids("--no-cache-filter", "x,kept")[0] != first[0])
    }

    @Test func `what is built goes to a folder, an archive and a file that says what it is`() throws {
        let (text, folder) = ("FROM scratch\nCOPY <<A <<B /d/\na\nA\nb\nB\n", place.folder)
        #expect(build(text, "-o", "\(folder)/out", "--metadata-file", "\(folder)/meta").code == 0)
        #expect(Files.text("\(folder)/out/d/A") == "a\n" && Files.text("\(folder)/out/d/B") == "b\n")
        let digest = place.run("image", "inspect", "--format", "{{.Id}}", "made").output
        let meta = Files.text("\(folder)/meta") ?? ""
        #expect(meta.contains("\"image.name\":\"") && meta.contains("\"containerimage.digest\":\"sha256:"), "\(meta)")
        #expect(!digest.isEmpty)
        for option in [
            "type=tar,dest=\(folder)/x.tar", "type=oci,dest=\(folder)/oci.tar", "type=docker,dest=\(folder)/d.tar",
        ] {
            let ended = build(text, "--output", option)
            #expect(ended.code == 0, "\(ended.error)")
        }
        #expect(place.shell("tar tf \(folder)/x.tar").output.contains("d/A\n"))
        #expect(place.shell("tar tf \(folder)/oci.tar").output.contains("oci-layout\n"))
        #expect(place.shell("tar tf \(folder)/d.tar").output.contains("manifest.json\n"))
        let piped = place.shell(
            "printf 'FROM base\\nRUN echo x >/x' | \(CommandLinePlace.program) build -q -o - - | tar xO x")
        #expect(piped.output == "x\n", "\(piped)")
        let stored = build(text, "-o", "type=image,push=false,name=also:1,oci-mediatypes=true")
        #expect(stored.code == 0 && place.run("images", "-q", "also:1").output != "", "\(stored)")
        #expect(place.run("rmi", "made", "also:1").code == 0)
        let images = place.run("images", "-aq").output
        let cached = build(text, "-o", "type=cacheonly")
        #expect(cached.code == 0 && place.run("images", "-aq").output == images, "\(cached)")
        #expect(build(text, "-o", "type=oci,tar=false,dest=\(folder)/layout").code == 0)
        #expect(Files.exists("\(folder)/layout/index.json"))
        let refused = build(text, "-o", "type=odd,dest=x")
        #expect(
            refused.code == 1 && refused.error.contains("--output type=odd,dest=x is not known"), "\(refused.error)")
        #expect(((try? Files.names(in: "\(place.layout.state)/building")) ?? []).isEmpty)
    }

    @Test func `with --push it goes where its names say`() {
        let nowhere = place.run(["build", "--push", "-"], input: "FROM base\n")
        #expect(nowhere.code == 1 && nowhere.error.contains("--push wants"), "\(nowhere.error)")
        let ended = place.run(["build", "--push", "-t", "127.0.0.1:1/x", "-"], input: "FROM base\n")
        #expect(ended.code == 1 && ended.error.contains("127.0.0.1:1"), "\(ended.error)")
        for output in ["type=registry", "type=image,push=true"] {
            let ended = place.run(["build", "-o", output, "-t", "127.0.0.1:1/x", "-"], input: "FROM base\n")
            #expect(ended.code == 1 && ended.error.contains("127.0.0.1:1"), "\(ended.error)")
        }
    }
}
