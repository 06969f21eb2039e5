import Glibc
import Linux
import Records
import Testing

/// `image build`, with real containers for RUN.
@Suite(.serialized, .enabled(if: CommandLinePlace.obstacle == nil, "real containers: needs root and busybox"))
struct ImageBuildTests: BuildsImages {
    let place: CommandLinePlace

    init() throws {
        place = try Self.newPlace()
        try put(["a.txt": "a\n", "sub/b.txt": "b\n", "sub/c.log": "c\n", ".dockerignore": "**/*.log\n"])
    }

    @Test func `each instruction does what it is for`() throws {
        let built = build(
            """
            ARG FROM=base
            FROM $FROM AS one
            ARG N=1
            ENV A="x $N" B=/w
            WORKDIR $B/deep
            COPY --chown=5:6 --chmod=640 *.txt ./
            RUN echo "$A" >run && busybox stat -c '%u %g %a' a.txt >stat
            RUN ["sh", "-c", "echo list >list"]
            RUN <<EOF
            echo here >here
            EOF
            COPY <<EOF <<"RAW" /docs/
            n is $N
            EOF
            $N
            RAW
            FROM one AS two
            COPY --from=one /w/deep /copied
            COPY sub /sub
            USER 7:8
            SHELL ["/bin/sh", "-ec"]
            ENTRYPOINT ["cat"]
            CMD ["/copied/run"]
            LABEL l="v w"
            EXPOSE 80
            VOLUME /v
            STOPSIGNAL SIGINT
            HEALTHCHECK --retries=3 CMD true
            ONBUILD ENV O=1
            """, "--build-arg", "N=3")
        #expect(built.code == 0, "\(built.error)")
        #expect(run() == "x 3\n")
        #expect(run("/copied/stat", "/copied/list", "/copied/here") == "5 6 640\nlist\nhere\n")
        #expect(run("/docs/EOF", "/docs/RAW") == "n is 3\n$N\n")
        #expect(
            place.run("run", "--rm", "--entrypoint", "sh", "made", "-c", "echo /sub/*; id -u").output
                == "/sub/b.txt\n7\n")
        let document = place.run("image", "inspect", "made").output
        for part in ["SIGINT", "v w", "80/tcp", "/v", "ENV O=1"] { #expect(document.contains(part)) }
        let next = place.run(["build", "-t", "next", "-"], input: "FROM made\nUSER 0\nENTRYPOINT []\n")
        #expect(next.code == 0, "\(next.error)")
        #expect(place.run("run", "--rm", "next", "sh", "-c", "echo $O").output == "1\n")
        #expect(place.run("image", "verify").code == 0 && place.leftovers.isEmpty)
    }

    @Test func `COPY gives files to a user of the image by name, and ADD unpacks archives of the build's folder`() {
        let make = "mkdir in && echo x >in/x && ln -s x in/l && tar czf in.tgz in && rm -r in"
        place.shell("cd \(place.folder)/ctx && \(make)")
        let built = build(
            """
            FROM base
            RUN echo web:x:33:34::/srv: >/etc/passwd && echo staff:x:50: >/etc/group
            COPY --chown=web a.txt /by/user
            COPY --chown=web:staff a.txt /by/both
            COPY --chown=7 a.txt /by/number
            ADD in.tgz /added/
            ADD a.txt /added/plain
            COPY in.tgz /kept/
            """)
        #expect(built.code == 0, "\(built.error)")
        let script = "cd /by && busybox stat -c '%n %u %g' *; cat /added/in/l; echo /added/* /kept/*"
        #expect(
            run("sh", "-c", script)
                == "both 33 50\nnumber 7 7\nuser 33 34\nx\n/added/in /added/plain /kept/in.tgz\n")
        let nobody = build("FROM base\nCOPY --chown=nobody-here a.txt /x\n")
        #expect(nobody.code == 1 && nobody.error.contains("nobody-here"), "\(nobody.error)")
    }

    @Test func `a pattern that nothing fits copies nothing, and its folder is there; a name that is not there fails`()
        throws
    {
        try put(["package.json": "{}"])
        let built = build(
            "FROM base\nWORKDIR /app\nCOPY package.json yarn.lock* package-lock.json* ./\nCOPY no*.txt /empty/\n"
                + "COPY no*.txt /nothing\n")
        #expect(built.code == 0, "\(built.error)")
        #expect(run("busybox", "ls", "/app") == "package.json\n")
        #expect(run("sh", "-c", "test -d /empty && test ! -e /nothing && echo ok") == "ok\n")
        let failed = build("FROM base\nCOPY package.json yarn.lock* nothing ./\n")
        #expect(failed.code == 1 && failed.error.contains("there is no nothing"), "\(failed.error)")
    }

    @Test func `an image that has the same layer several times is built upon, copied from, committed to and run`() {
        let built = build(
            """
            FROM base AS one
            RUN true
            RUN true
            COPY a.txt /a
            COPY a.txt /a
            RUN cat /a >/b
            RUN true
            RUN true
            FROM base
            COPY --from=one /b /b
            FROM one
            COPY --from=1 /b /c
            RUN true
            RUN true
            """)
        #expect(built.code == 0, "\(built.error)")
        #expect(run("cat", "/a", "/b", "/c") == "a\na\na\n")
        let file = "\(place.folder)/made.tar"
        for format in ["oci-archive", "docker-archive"] {
            #expect(place.run("image", "save", "-o", file, "--format", format, "made").code == 0)
            #expect(place.run("rmi", "made").code == 0)
            #expect(place.run("load", "-i", file).output == "Loaded image: made:latest\n")
            #expect(run("cat", "/a", "/b", "/c") == "a\na\na\n", "\(format)")
        }
        for _ in 0..<2 {
            #expect(place.run("run", "--name", "same", "made", "true").code == 0)
            #expect(place.run("commit", "-q", "same", "made").code == 0 && place.run("rm", "same").code == 0)
        }
        #expect(run("cat", "/c") == "a\n")
        #expect(place.run("image", "verify").code == 0)
    }

    @Test func `a heredoc that names what runs it is run by that, for any user, and is in no layer`() {
        let text = "FROM base\nUSER 7:8\nRUN <<EOF\n#!/bin/cat\nthis is $no command\nEOF\n"
        let built = build(text)
        #expect(built.code == 0 && (built.output + built.error).contains("\nthis is $no command\n"), "\(built)")
        #expect(run("sh", "-c", "busybox find / -xdev -name EOF; echo /dev/pipes*") == "/dev/pipes*\n")
        #expect(build(text).error.contains("from the cache"))
        let other = build(text.replacing("command", with: "word"))
        #expect(other.code == 0 && (other.output + other.error).contains("\nthis is $no word\n"), "\(other)")
    }

    @Test func `what was done before is not done again, whatever the times of files are`() throws {
        let text = "FROM base\nCOPY . /c\nRUN cat /proc/sys/kernel/random/uuid >/id\n"
        func id() -> String {
            let built = build(text)
            #expect(built.code == 0, "\(built.error)")
            return run("cat", "/id")
        }
        let first = id()
        let digest = place.run("image", "ls", "-q", "made").output
        utimensat(AT_FDCWD, "\(place.folder)/ctx/a.txt", nil, 0)
        #expect(id() == first && place.run("image", "ls", "-q", "made").output == digest)
        try Files.replace("\(place.folder)/ctx/sub/c.log", with: "ignored".utf8, durable: false)
        #expect(id() == first)
        try Files.replace("\(place.folder)/ctx/a.txt", with: "changed".utf8, durable: false)
        #expect(id() != first)
        let anew = build(text, "--no-cache")
        #expect(anew.code == 0 && run("cat", "/id") != first)
    }

    @Test func `an entry point drops the command of the base, and none of its own stage, cached or not`() {
        let template = "{{json .Config.Cmd}} {{json .Config.Entrypoint}}"
        let command = { place.run("image", "inspect", "-f", template, "made") }
        let first = "FROM base AS one\nCMD [\"/\"]\n"
        let steps = "RUN echo x >x\nENTRYPOINT [\"echo\"]\n"
        for _ in 0..<2 {
            #expect(build(first + steps).code == 0)
            #expect(command().output == "[\"/\"] [\"echo\"]\n")
            #expect(build(first + "FROM one\n" + steps).code == 0)
            #expect(command().output == "null [\"echo\"]\n")
        }
        #expect(place.run(["build", "-t", "on", "-"], input: "FROM base\nONBUILD CMD [\"a\"]\n").code == 0)
        #expect(build("FROM on\n" + steps).code == 0)
        #expect(command().output == "[\"a\"] [\"echo\"]\n")
    }

    @Test func `with SOURCE_DATE_EPOCH two builds are the same to the digest`() throws {
        let text = "FROM base\nWORKDIR /w\nCOPY . /c\nRUN echo x >/x && busybox mkdir /y\n"
        place.environment.append("SOURCE_DATE_EPOCH=1700000000")
        var digests: Set<String> = []
        for _ in 0..<2 {
            let ended = build(text, "-q", "--no-cache")
            #expect(ended.code == 0, "\(ended.error)")
            digests.insert(ended.output)
            usleep(1_100_000)
        }
        #expect(digests.count == 1)
    }

    @Test(arguments: [
        ("FROM base\nRUN exit 3", "ended with 3"), ("FROM base\nCOPY nothing /", "no nothing"),
        ("FROM base\nCOPY ../../../etc/passwd /", "no etc/passwd"), ("FROM base\nCOPY a.txt sub /x", "end with /"),
        ("FROM base AS x\nCOPY --from=later /a /", "cannot reach docker.io"), ("FROM base\nWORKDIR", "wants something"),
        ("FROM base\nRUN --mount=type=odd,target=/x true", "odd"), ("FROM base\nUSER a\nRUN true", "a"),
        ("RUN x", "FROM"), ("FROM base\nCOPY --from=1 /a /", "no stage 1 before"),
        ("FROM base\nEXPOSE web", "no port"), ("FROM --platform=odd base", "no OS/ARCHITECTURE"),
        ("FROM base\nADD http://127.0.0.1:1/x /", "127.0.0.1:1"),
        ("FROM base\nRUN --nonsense=1 true", "line 2: RUN knows no --nonsense"),
        ("FROM base\nRUN exit 3\nADD --unpack sub /", "line 3: ADD --unpack is not done here"),
        ("FROM base\nADD --checksum=sha256:0 a.txt /", "line 2: --checksum is of what is fetched"),
    ])
    func `a build that fails says the line and leaves nothing`(text: String, part: String) {
        let ended = build(text)
        #expect(ended.code == 1 && ended.error.contains(part), "\(ended.error)")
        #expect(place.leftovers.isEmpty && !place.run("image", "ls", "-q").output.contains("\n\n"))
        #expect(((try? Files.names(in: "\(place.layout.state)/building")) ?? []).isEmpty)
    }

    @Test func `names in quotes, ranges of ports, platforms and arguments that nobody asks for are understood`() throws
    {
        let text =
            "FROM --platform=$BUILDPLATFORM base\nLABEL \"a b\"=\"c d\" 'e f'=g\nEXPOSE 8000-8002 53/UDP\n"
        let built = build(text, "--build-arg", "NOBODY=1", "--build-arg", "http_proxy=")
        #expect(built.code == 0 && built.error.contains("--build-arg NOBODY is not used"), "\(built.error)")
        #expect(!built.error.contains("http_proxy is not used"))
        let configuration = place.run("image", "inspect", "--format", "{{json .Config}}", "made").output
        for part in ["a b\":\"c d", "e f\":\"g", "8000/tcp", "8001/tcp", "8002/tcp", "53/udp"] {
            #expect(configuration.contains("\"\(part)\""), "\(configuration)")
        }
        // What is here is for this machine: another's is asked of the registry.
        let foreign = build("FROM --platform=linux/s390x base\n")
        #expect(foreign.code == 1 && foreign.error.contains("pulling base for linux/s390x"), "\(foreign.error)")
        #expect(build("FROM scratch\nENV a=b\n").code == 0)
        let empty = place.run("run", "--rm", "made", "true")
        #expect(empty.code == 125 && empty.error.contains("made has no files"), "\(empty.error)")
    }

    @Test func `secrets and caches are there for one step alone`() throws {
        try Files.replace("\(place.folder)/secret", with: "hush".utf8, durable: false)
        let built = build(
            """
            FROM base
            RUN --mount=type=secret,id=s --mount=type=cache,target=/cache --mount=type=tmpfs,target=/t \
            --mount=target=/bind,source=sub cat /run/secrets/s >/seen; echo /bind/* >>/seen; echo 1 >>/cache/n; echo x >/t/x
            RUN --mount=type=cache,target=/cache cat /cache/n >>/seen; echo /t/* /run/secrets/* >>/seen
            """, "--secret", "id=s,src=\(place.folder)/secret")
        #expect(built.code == 0, "\(built.error)")
        #expect(run("cat", "/seen") == "hush/bind/b.txt\n1\n/t/* /run/secrets/*\n")
    }

    @Test func `what RUN binds in counts by its content`() throws {
        let text = "FROM base\nRUN --mount=type=bind,source=a.txt,target=/in cat /in >/seen\n"
        let folder = "FROM base\nRUN --mount=target=/in cat /in/sub/b.txt >/seen\n"
        for (text, file) in [(text, "a.txt"), (folder, "sub/b.txt")] {
            for content in ["one\n", "two\n"] {
                try Files.replace("\(place.folder)/ctx/\(file)", with: content.utf8, durable: false)
                #expect(build(text).code == 0)
                #expect(run("cat", "/seen") == content)
            }
            let again = build(text)
            #expect(again.error.contains("from the cache"), "\(again.error)")
        }
        let other = "FROM base AS one\nRUN echo %>/x\nFROM base\nRUN --mount=from=one,target=/in cat /in/x >/seen\n"
        for content in ["one", "two"] {
            #expect(build(other.replacing("%", with: content)).code == 0)
            #expect(run("cat", "/seen") == "\(content)\n")
        }
    }

    @Test func `the host's network is given by who builds, not taken by a Containerfile or an image below`() {
        let text = "FROM base\nRUN --network=host true\n"
        for options in [[], ["--network", "none"]] {
            let refused = place.run(["build", "-t", "made"] + options + ["-"], input: text)
            #expect(refused.code == 1 && refused.error.contains("--allow network.host"), "\(refused.error)")
        }
        let trap = "FROM base\nONBUILD RUN --network=host true\n"
        #expect(place.run(["build", "-t", "trap", "-"], input: trap).code == 0)
        #expect(place.run(["build", "--network", "none", "-"], input: "FROM trap\n").error.contains("--network=host"))
        for options in [["--allow", "network.host"], ["--network", "host"]] {
            let allowed = place.run(["build", "-t", "made"] + options + ["-"], input: text)
            #expect(allowed.code == 0, "\(allowed.error)")
        }
    }

    @Test(arguments: ["COPY l /x", "RUN --mount=type=bind,source=fifo,target=/x true", "COPY --from=0 l /x"])
    func `a pipe in the folder keeps no build waiting`(step: String) {
        place.shell("cd \(place.folder)/ctx && mkfifo fifo && ln -s fifo l")
        let ended = build("FROM base AS x\nCOPY . /\nFROM base\n\(step)\n")
        #expect(ended.code == 1 && ended.error.contains("a pipe, a device or a socket"), "\(ended.error)")
    }

    @Test func `a name that is no UTF-8 is copied with its folder, and not left out by a pattern without a word`() {
        place.shell("cd \(place.folder)/ctx/sub && touch \"$(printf 'b\\351d')\"")
        let ended = build("FROM base\nCOPY sub/b* /x/\n")
        #expect(ended.code == 1 && ended.error.contains("is no UTF-8"), "\(ended.error)")
        #expect(build("FROM base\nCOPY sub /x/\n").code == 0)
        #expect(run("sh", "-c", "busybox ls /x | busybox wc -l") == "2\n")
    }

    @Test func `what RUN writes does not steer the terminal of who builds`() throws {
        let text = "FROM base\nRUN printf 'a\\033]0;owned\\007b\\303' >&2; sleep 1; printf '\\251c\\n' >&2\n"
        try Files.replace("\(place.folder)/Containerfile", with: text.utf8, durable: false)
        let file = "\(place.folder)/Containerfile"
        let screen = TypedTerminal(place, ["build", "-t", "made", "-f", file, "\(place.folder)/ctx"])
        #expect(screen.shows(#"a\u{1B}]0;owned\u{07}b\#u{e9}c"#), "\(screen.everything.debugDescription)")
        #expect(screen.shows("built made") && screen.wait() == 0)
        #expect(!screen.everything.contains("\u{1B}"))
        #expect(build(text, "--no-cache").error.contains("\u{1B}]0;owned"), "a program that reads it gets it as it is")
    }

    @Test func `a volume below /proc is left out, and a working directory needs no slash`() throws {
        let built = build("FROM base\nVOLUME /proc/self /v\n")
        #expect(built.code == 0, "\(built.error)")
        let started = place.run("run", "--rm", "made", "echo", "started")
        #expect(started.code == 0 && started.output == "started\n", "\(started.error)")
        #expect(started.error.hasPrefix("boxtop: the image's volume /proc/self is left out"), "\(started.error)")
    }
}
