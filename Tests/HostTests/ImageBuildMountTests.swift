import Glibc
import Linux
import Testing

/// `RUN --mount` of `image build`, with real containers.
@Suite(.serialized, .enabled(if: CommandLinePlace.obstacle == nil, "real containers: needs root and busybox"))
struct ImageBuildMountTests: BuildsImages {
    let place: CommandLinePlace

    init() throws {
        place = try Self.newPlace()
        try Files.replace("\(place.folder)/secret", with: "hush".utf8, durable: false)
    }

    @Test func `a secret is whose it is said to be, and a cache begins so`() {
        let built = build(
            """
            FROM base
            RUN mkdir -m 777 /seen
            USER 1000:1001
            RUN --mount=type=secret,id=s,uid=1000,gid=1001,mode=0400 --mount=type=cache,target=/c,uid=1000,gid=1001,mode=700 \\
            --mount=type=cache,target=/plain cat /run/secrets/s >/seen/s; echo x >/c/x; cat /c/x >>/seen/s; \\
            busybox stat -c '%u %g %a' /run/secrets/s /c /plain >/seen/stat
            """.replacing("mkdir", with: "busybox mkdir"), "--secret", "id=s,src=\(place.folder)/secret")
        #expect(built.code == 0, "\(built.error)")
        #expect(run("cat", "/seen/s") == "hushx\n")
        #expect(run("cat", "/seen/stat") == "1000 1001 400\n1000 1001 700\n0 0 755\n")
        let refused = build(
            "FROM base\nUSER 1000\nRUN --mount=type=secret,id=s cat /run/secrets/s\n", "--secret",
            "id=s,src=\(place.folder)/secret")
        #expect(refused.code == 1 && refused.error.contains("Permission denied"), "\(refused.error)")
    }

    @Test func `a secret in a variable is there for one step, and in no image`() {
        place.environment.append("TOKEN=from-here")
        let built = build(
            """
            FROM base
            RUN --mount=type=secret,id=s,env=TOK --mount=type=secret,id=t,env=OTHER,target=/t \\
            echo "$TOK $(cat /t) $OTHER" >/seen; echo /run/secrets/* >>/seen
            RUN echo "[$TOK]" >>/seen
            """, "--secret", "id=s,src=\(place.folder)/secret", "--secret", "id=t,env=TOKEN")
        #expect(built.code == 0, "\(built.error)")
        #expect(run("cat", "/seen") == "hush from-here from-here\n/run/secrets/*\n[]\n")
        let document = place.run("image", "inspect", "made").output + place.run("image", "history", "made").output
        #expect(document.contains("env=TOK") && !document.contains("hush"))
    }

    @Test func `a secret by its id alone is the variable of that name, else the file`() {
        place.environment.append("v=variable")
        let text = "FROM base\nRUN --mount=type=secret,id=% cat /run/secrets/% >/seen\n"
        #expect(
            build(text.replacing("%", with: "v"), "--secret", "id=v").code == 0 && run("cat", "/seen") == "variable")
        place.shell("cd \(place.folder) && printf file >f && printf '\(text.replacing("%", with: "f"))' >C")
        let ended = place.shell(
            "cd \(place.folder) && \(CommandLinePlace.program) build -t made --secret id=f,type=file - <C")
        #expect(ended.code == 0 && run("cat", "/seen") == "file", "\(ended.error)")
        for option in ["src=/x", "id=x,odd=1", "id=x,env=NOBODY", "id=x,type=odd"] {
            let refused = build(text, "--secret", option)
            #expect(refused.code == 1 && refused.error.contains("--secret \(option)"), "\(refused.error)")
        }
    }

    @Test func `a secret that is required and not there fails the step, and another does not`() {
        let text = "FROM base\nRUN --mount=type=secret,id=s,required=% true\n"
        let ended = build(text.replacing("%", with: "true"))
        #expect(ended.code == 1 && ended.error.contains("line 2: there is no secret s"), "\(ended.error)")
        #expect(build(text.replacing("%", with: "false")).code == 0)
        let ssh = build("FROM base\nRUN false\nRUN --mount=type=ssh true\n")
        #expect(ssh.error.contains("line 3: --mount=type=ssh is not done here"), "\(ssh.error)")
        let option = build("FROM base\n", "--ssh", "default")
        #expect(option.code != 0 && option.error.contains("--ssh is not done here"), "\(option.error)")
    }

    @Test func `what is bound in is there for any user, whoever builds`() throws {
        try put(["sub/b.txt": "b\n"])
        place.shell("chmod -R a+rX \(place.folder)/ctx")
        let text = "FROM base\nUSER 7:8\nRUN --mount=source=sub,target=/m cat /m/b.txt\n"
        try Files.replace("\(place.folder)/Containerfile", with: text.utf8, durable: false)
        let built = place.shell(
            "umask 077; \(CommandLinePlace.program) build --no-cache -f \(place.folder)/Containerfile \(place.folder)/ctx"
        )
        #expect(built.code == 0, "\(built.error)")
    }

    @Test func `a step with another network is another step`() {
        let text = "FROM base\nRUN % busybox ls /sys/class/net >/seen\n"
        func interfaces(_ flag: String) -> String {
            let built = build(text.replacing("%", with: flag), "--allow", "network.host")
            #expect(built.code == 0, "\(built.error)")
            return run("cat", "/seen")
        }
        #expect(interfaces("--network=none") == "lo\n")
        let host = interfaces("--network=host")
        #expect(host.contains("lo") && host != "lo\n" || host == place.shell("ls /sys/class/net").output, "\(host)")
        #expect(interfaces("--network=none") == "lo\n")
    }

    @Test func `a cache may begin as a folder of another stage`() {
        let text = """
            FROM base AS one
            RUN busybox mkdir -p /d/e && echo @ >/d/e/f && busybox chown -R 5:6 /d/e
            FROM base
            RUN --mount=type=cache,target=/c,from=one,source=/d cat /c/e/f >/seen; busybox stat -c %u /c/e >>/seen; \\
            echo more >>/c/e/f
            RUN --mount=type=cache,target=/c,from=one,source=d cat /c/e/f >>/seen
            """
        for word in ["1", "2"] {
            let built = build(text.replacing("@", with: word))
            #expect(built.code == 0, "\(built.error)")
            #expect(run("cat", "/seen") == "\(word)\n5\n\(word)\nmore\n")
        }
    }

    @Test(arguments: ["locked", "private"])
    func `a cache that is not shared has one RUN at a time`(sharing: String) {
        let step = "test -e /c/used && exit 9; echo >/c/used; sleep 2; busybox rm /c/used"
        let text = "FROM base\\nRUN --mount=type=cache,target=/c,sharing=\(sharing) \(step)\\n"
        let build = "printf '\(text)' | \(CommandLinePlace.program) build --no-cache -"
        let ended = place.shell("(\(build) || echo failed) & (\(build) || echo failed) & wait")
        #expect(ended.code == 0 && !ended.output.contains("failed"), "\(ended)")
        #expect(ended.error.contains("waiting for another build"), "\(ended.error)")
    }
}
