import Glibc
import Linux
import Records
import Testing

/// What is done with a container's files from outside: diff, cp, export, commit.
@Suite(.serialized, .enabled(if: CommandLinePlace.obstacle == nil, "real containers: needs root and busybox"))
struct ContainerFilesTests {
    private let place: CommandLinePlace

    init() throws {
        place = try CommandLinePlace()
        let made = place.run("image", "import", "-q", place.rootfs, "base")
        try #require(made.code == 0, "\(made.error)")
    }

    private func make(_ script: String) throws {
        let run = place.run("run", "-d", "--name", "c", "base", "sh", "-c", "\(script); echo ready; sleep 100")
        try #require(run.code == 0, "\(run.error)")
        #expect(place.eventually { place.run("logs", "c").output.contains("ready") })
    }

    private func inside(_ words: String...) -> String { place.run(["exec", "c"] + words).output }

    @Test func `diff tells what was added, changed and deleted, and nothing of what is mounted`() throws {
        try make("echo a >/tmp/a; busybox rm -r /bin/cat; busybox mkdir -p /n/m; busybox chmod 700 /bin/echo")
        let expected = "C /bin\nD /bin/cat\nC /bin/busybox\nA /n\nA /n/m\nC /tmp\nA /tmp/a\n"
        #expect(Set(place.run("diff", "c").output.split(separator: "\n")) == Set(expected.split(separator: "\n")))
        place.run("stop", "-t", "0", "c")
        #expect(Set(place.run("diff", "c").output.split(separator: "\n")) == Set(expected.split(separator: "\n")))
        let plain = place.run("run", "-d", "--name", "plain", "--rootfs", place.rootfs, "sleep", "9")
        #expect(plain.code == 0 && place.run("diff", "plain").code == 1)
    }

    @Test(arguments: [true, false])
    func `cp brings files in and out, of a container that runs and of one that does not`(runs: Bool) throws {
        try make(
            """
            [ -e /d ] || { busybox mkdir -p /d/e; echo one >/d/e/f; busybox chown 7:8 /d/e/f; busybox ln -s f /d/e/l; }
            """)
        if !runs { place.run("stop", "-t", "0", "c") }
        let out = "\(place.folder)/out"
        try Files.makeDirectories(out)
        #expect(place.run("cp", "c:/d", out).code == 0)
        #expect(Files.text("\(out)/d/e/f") == "one\n" && Files.text("\(out)/d/e/l") == "one\n")
        #expect(place.run("cp", "c:/d/.", "\(out)/named").code == 0 && Files.exists("\(out)/named/e/f"))
        #expect(place.run("cp", "-a", "c:/d/e/f", "\(out)/kept").code == 0)
        var status = stat()
        #expect(stat("\(out)/kept", &status) == 0 && status.st_uid == 7 && status.st_gid == 8)
        #expect(stat("\(out)/d/e/f", &status) == 0 && status.st_uid == 0)
        #expect(place.run("cp", "-L", "c:/d/e/l", "\(out)/followed").code == 0)
        #expect(Files.text("\(out)/followed") == "one\n")

        try Files.replace("\(out)/two", with: "two\n".utf8, mode: 0o755, durable: false)
        #expect(place.run("cp", "\(out)/two", "c:/tmp/").code == 0)
        #expect(place.run("cp", "\(out)/two", "c:/d/e/f").code == 0)
        #expect(place.run("cp", "\(out)/d", "c:/tmp/new").code == 0)
        if !runs { place.run("start", "c") }
        #expect(inside("cat", "/tmp/two") == "two\n" && inside("cat", "/d/e/f") == "two\n")
        #expect(inside("busybox", "stat", "-c", "%u %g %a", "/tmp/two") == "0 0 755\n")
        #expect(inside("cat", "/tmp/new/e/f") == "one\n")
    }

    @Test(arguments: [true, false])
    func `an archive is unpacked into a folder alone, and what fails is said of the places that were named`(
        runs: Bool
    ) throws {
        try make("busybox mkdir /d; echo f >/d/f; busybox ln -s f /d/l")
        if !runs { place.run("stop", "-t", "0", "c") }
        try Files.makeDirectories("\(place.folder)/in")
        let pipe = "tar -C \(place.folder)/in -c . | \(CommandLinePlace.program) cp -"
        for path in ["/d/f", "/d/f/", "/d/l"] {
            let refused = place.shell("\(pipe) c:\(path)")
            #expect(refused.error.hasSuffix("\(path) is not a folder: an archive is unpacked into one\n"), "\(refused)")
            #expect(refused.code == 1)
        }
        #expect(place.shell("\(pipe) c:/d").code == 0)
        let outcomes = [
            place.shell("\(pipe) c:/no/where"), place.shell("\(CommandLinePlace.program) cp c:/none - | cat"),
        ]
        for failed in outcomes {
            #expect(failed.error.hasPrefix("boxtop: cannot ") && !failed.error.contains(place.folder), "\(failed)")
        }
    }

    @Test func `a name that is no text has changed as well`() throws {
        try make("echo a >\"/tmp/$(busybox printf 'a\\351')\"")
        #expect(place.run("diff", "c").output == "C /tmp\nA /tmp/a\u{FFFD}\n")
    }

    @Test(arguments: [true, false])
    func `what is exchanged for a link while it is copied changes no file of the host`(hasIDs: Bool) throws {
        let (victim, source) = ("\(place.folder)/victim", "\(place.folder)/x")
        try Files.replace(victim, with: "host".utf8, mode: 0o600, durable: false)
        try Files.replace(source, with: [], durable: false)
        #expect(truncate(source, 256 << 20) == 0 && chmod(source, 0o1777) == 0)
        let swap = "cd /tmp; busybox mv x y; busybox ln -s \(victim) x"
        let script = "echo ready; until [ -e /tmp/x ]; do :; done; \(swap); sleep 100"
        let users = hasIDs ? [] : ["--userns", "host"]
        let run = place.run(["run", "-d", "--name", "c"] + users + ["base", "sh", "-c", script])
        try #require(run.code == 0, "\(run.error)")
        #expect(place.eventually { place.run("logs", "c").output.contains("ready") })
        #expect(place.run("cp", "-a", source, "c:/tmp/").code == 0)
        #expect(place.eventually { inside("busybox", "readlink", "/tmp/x") == "\(victim)\n" })
        var status = stat()
        #expect(stat(victim, &status) == 0 && status.st_mode & 0o7777 == 0o600)
        #expect(inside("busybox", "stat", "-c", "%a %u", "/tmp/y") == "1777 0\n")
    }

    @Test(arguments: [true, false])
    func `cp keeps what links and pipes are like, and of a path that ends with two dots takes what is there`(
        runs: Bool
    ) throws {
        try make(
            """
            [ -e /d ] || { busybox mkdir -p /d/e; echo one >/d/f; busybox mkfifo -m 640 /d/p; busybox ln -s f /d/l; \
            busybox chown -h 7:8 /d/p /d/l; busybox touch -h -d @99 /d/p /d/l; }
            """)
        if !runs { place.run("stop", "-t", "0", "c") }
        let out = "\(place.folder)/out"
        try Files.makeDirectories("\(out)/p/q")
        for source in ["c:/d/e/..", "c:/d/e/../", "c:/d/e/../.", "c:/d/./"] {
            #expect(place.run("cp", "-a", source, "\(out)/p/q").code == 0)
            #expect(try Files.names(in: out) == ["p"] && Files.names(in: "\(out)/p") == ["q"], "\(source)")
            #expect(try Files.names(in: "\(out)/p/q").sorted() == ["e", "f", "l", "p"], "\(source)")
        }
        let look = "cd \(out)/p/q && stat -c '%n %F %a %u %g %Y' l p"
        let expected = "l symbolic link 777 7 8 99\np fifo 640 7 8 99\n"
        #expect(place.shell(look).output == expected)
        #expect(place.run("cp", "-a", "\(out)/p/q/e/..", "c:/new").code == 0)
        if !runs { place.run("start", "c") }
        #expect(inside("sh", "-c", "cd /new && busybox stat -c '%n %F %a %u %g %Y' l p") == expected)
    }

    @Test func `cp of a whole root leaves the kernel's own files alone, and one of them is copied by its name`() throws
    {
        try make("echo one >/tmp/f")
        let out = "\(place.folder)/out"
        let copied = place.run("cp", "c:/.", out)
        #expect(copied.code == 0, "\(copied.error)")
        #expect(Files.text("\(out)/tmp/f") == "one\n" && Files.exists("\(out)/bin/busybox"))
        #expect(try Files.names(in: "\(out)/proc") == [] && Files.names(in: "\(out)/sys") == [])
        #expect(place.shell("\(CommandLinePlace.program) cp -q c:/ - | tar -t").output.contains("tmp/f\n"))
        #expect(place.run("cp", "c:/proc/1/status", "\(out)/status").code == 0)
        #expect(Files.text("\(out)/status")?.hasPrefix("Name:") == true)
    }

    @Test(arguments: [true, false])
    func `links in a container lead nowhere outside, whichever way is copied`(runs: Bool) throws {
        try make("busybox ln -s / /root1; busybox ln -s ../../../../../.. /up; busybox ln -s /etc/shadow /s")
        if !runs { place.run("stop", "-t", "0", "c") }
        let out = "\(place.folder)/out"
        try Files.makeDirectories(out)
        try Files.replace("\(out)/mark", with: "x".utf8, durable: false)
        for way in ["/root1", "/up"] {
            #expect(place.run("cp", "\(out)/mark", "c:\(way)\(out)").code != 0)
            #expect(place.run("cp", "\(out)/mark", "c:\(way)/tmp/mark").code == 0)
            #expect(place.run("cp", "c:\(way)\(out)/mark", "\(out)/leaked").code != 0)
        }
        #expect(!Files.exists("/tmp/mark") && !Files.exists("\(out)/leaked"))
        #expect(place.run("cp", "-L", "c:/s", "\(out)/shadow").code != 0)
        #expect(place.run("cp", "c:/s", "\(out)/link").code == 0)
        // A link on this side, put there by a copy, is replaced and not written through.
        #expect(place.run("cp", "c:/tmp/mark", "\(out)/link2").code == 0)
        unlink("\(out)/link")
        symlink("\(out)/victim", "\(out)/trap")
        #expect(place.run("cp", "c:/tmp/mark", "\(out)/trap").code == 0)
        #expect(!Files.exists("\(out)/victim"))
    }

    @Test(arguments: [true, false])
    func `cp writes and takes tar archives, and one that means harm gets nowhere`(runs: Bool) throws {
        try make("busybox mkdir -p /d/e; echo one >/d/e/f; busybox chown 7:8 /d/e/f; busybox ln -s / /d/root")
        if !runs { place.run("stop", "-t", "0", "c") }
        let (file, outside) = ("\(place.folder)/out.tar", "\(place.folder)/outside")
        let listed = place.shell("\(CommandLinePlace.program) cp -q c:/d - | tee \(file) | tar -tv --numeric-owner")
        #expect(listed.error == "" && listed.output.contains("d/e/\n"), "\(listed)")
        #expect(listed.output.contains(" 7/8 ") && listed.output.contains("d/root -> /\n"))
        #expect(place.shell("\(CommandLinePlace.program) cp -q c:/d/e/f - | tar -xO").output == "one\n")

        let copied = place.shell("gzip <\(file) | \(CommandLinePlace.program) cp - c:/tmp")
        #expect(copied.code == 0, "\(copied.error)")
        let harm = place.shell(
            """
            cd \(place.folder) && mkdir outside && ln -s / way && tar -cf harm.tar way && rm way && mkdir -p way/tmp && \
            echo x >way/tmp/boxtop-harm && tar -rf harm.tar way/tmp/boxtop-harm && \
            tar -P -cf up.tar --transform 's,^,../../../,' harm.tar && \(CommandLinePlace.program) cp - c:/tmp <harm.tar; \
            \(CommandLinePlace.program) cp - c:/tmp <up.tar
            """)
        #expect(harm.code == 1 && harm.error.contains("refused to unpack"), "\(harm)")
        #expect(!Files.exists("/tmp/boxtop-harm") && ((try? Files.names(in: outside)) ?? [""]).isEmpty)
        #expect(place.shell("echo no archive | \(CommandLinePlace.program) cp - c:/tmp").code == 1)
        if !runs { place.run("start", "c") }
        #expect(inside("busybox", "stat", "-c", "%u %g", "/tmp/d/e/f") == "7 8\n")
        #expect(inside("cat", "/tmp/d/e/f") == "one\n")
        #expect(((try? Files.names(in: "\(place.layout.state)/building")) ?? []).isEmpty)
    }

    @Test(arguments: [true, false])
    func `what is copied to a link in a container is where it leads, inside`(runs: Bool) throws {
        try make(
            "busybox ln -s made /tmp/way; busybox ln -s ../../..\(place.folder)/out /tmp/up; [ -e /tmp/old ] || echo old >/tmp/old; busybox ln -s old /tmp/there"
        )
        if !runs { place.run("stop", "-t", "0", "c") }
        try Files.replace("\(place.folder)/one", with: "one\n".utf8, durable: false)
        #expect(place.run("cp", "\(place.folder)/one", "c:/tmp/way").code == 0)
        #expect(place.run("cp", "\(place.folder)/one", "c:/tmp/there").code == 0)
        #expect(place.run("cp", "\(place.folder)/one", "c:/tmp/up").code == 1 && !Files.exists("\(place.folder)/out"))
        if !runs { place.run("start", "c") }
        #expect(inside("cat", "/tmp/made") == "one\n" && inside("cat", "/tmp/old") == "one\n")
        #expect(inside("busybox", "readlink", "/tmp/way") == "made\n")
    }

    @Test func `an archive that cannot be written is not called damaged`() throws {
        try make("true")
        for words in ["export c", "image save base", "cp c:/bin -"] {
            let ended = place.shell("\(CommandLinePlace.program) \(words) >/dev/full")
            #expect(ended.code == 1 && ended.error.contains("cannot write"), "\(ended)")
            #expect(!ended.error.contains("damaged") && ended.error.lowercased().contains("no space left"), "\(ended)")
        }
    }

    @Test func `what makes no sense to copy is refused in a sentence`() throws {
        try make("true")
        for (from, to) in [
            ("c:/nothing", "/tmp"), ("/nothing", "c:/"), ("c:/tmp", "\(place.folder)/no/such"), ("/tmp", "/tmp"),
            ("c:/bin", "c:/bin/busybox"), ("none:/x", "/tmp"), ("\(place.folder)/x", "c:/proc/self/nothing/"),
        ] {
            let ended = place.run("cp", from, to)
            #expect(ended.code != 0 && ended.error.split(separator: "\n").count == 1, "\(from) \(to): \(ended.error)")
        }
    }

    @Test func `a program that becomes root inside is out of reach for the host's users`() throws {
        place.shell("cp /bin/busybox \(place.rootfs)/bin/root && chmod 4755 \(place.rootfs)/bin/root")
        #expect(place.run("image", "import", "-q", "-e", "PATH=/bin", place.rootfs, "armed").code == 0)
        let script = "cp /bin/root /made; cp /bin/root /v/kept; busybox chmod 4755 /made /v/kept; echo ready; sleep 100"
        let started = place.run(
            "run", "-d", "--name", "c", "-v", "data:/v", "armed", "sh", "-c",
            "busybox \(script)".replacing("; cp", with: "; busybox cp"))
        #expect(started.code == 0, "\(started.error)")
        #expect(place.eventually { place.run("logs", "c").output.contains("ready") })
        let found = place.shell("find \(place.layout.state) -perm -4000 -uid 0").output.split(separator: "\n")
        #expect(found.count == 3, "\(found)")
        for path in found {
            let user = "$) = \"65432 65432\"; $( = 65432; $< = $> = 65432; print -e \"\(path)\" ? \"there\" : \"$!\""
            #expect(place.shell("perl -e '\(user)'").output == "Permission denied", "\(path)")
        }
    }

    @Test func `export is a tar archive of all, and import takes it`() throws {
        try make("echo a >/tmp/a; busybox rm /bin/cat")
        let file = "\(place.folder)/all.tar"
        for state in ["running", "stopped"] {
            #expect(place.run("export", "-o", file, "c").code == 0, "\(state)")
            #expect(place.run("image", "import", "-q", file, "again").code == 0)
            let seen = place.run("run", "--rm", "again", "sh", "-c", "echo /tmp/* /bin/c*; busybox cat /tmp/a")
            #expect(seen.output == "/tmp/a /bin/c*\na\n")
            place.run("stop", "-t", "0", "c")
        }
    }

    @Test func `commit makes an image of the changes, with how it is to be run`() throws {
        try make("echo a >/tmp/a; busybox rm -r /bin/cat; busybox rm -r /etc; busybox mkdir /etc; echo b >/etc/b")
        let change = ["-c", "ENV X=\"1 2\"", "-c", "CMD [\"sh\", \"-c\", \"echo $X; echo /tmp/* /bin/c*\"]"]
        let made = place.run(["commit", "-m", "why", "-a", "me"] + change + ["c", "mine:2"])
        #expect(
            made.code == 0 && made.output.hasPrefix("sha256:") && made.output.utf8.count == 72
                && made.error.hasPrefix("committed mine:2  "), "\(made.error)")
        #expect(place.run("ps").output.contains("Up"))
        #expect(place.run("run", "--rm", "mine:2").output == "1 2\n/tmp/a /bin/c*\n")
        #expect(place.run("run", "--rm", "mine:2", "busybox", "cat", "/etc/b").output == "b\n")
        let history = place.run("image", "history", "--format", "{{.Comment}}", "mine:2").output
        #expect(history.hasPrefix("why\n"))
        #expect(place.run("image", "verify", "mine:2").code == 0)
        #expect(place.run("commit", "-c", "RUN x", "c").code != 0)
    }

    @Test func `folders far deeper than files may be open are compared and removed`() throws {
        try make("busybox mkdir -p $(busybox yes d | busybox head -n 700 | busybox tr '\\n' /)")
        let boxtop = "ulimit -n 256; exec \(CommandLinePlace.program)"
        #expect(place.shell("\(boxtop) diff c").output.split(separator: "\n").count == 700)
        let removed = place.shell("\(boxtop) rm -f c")
        #expect(removed.code == 0, "\(removed.error)")
        #expect(try Files.names(in: place.layout.containers).isEmpty)
    }

    @Test func `what is exported is its owner's alone`() throws {
        try make("true")
        for words in ["export -o \(place.folder)/a.tar c", "image save -o \(place.folder)/b.tar base"] {
            #expect(place.shell("umask 0; \(CommandLinePlace.program) \(words)").code == 0)
        }
        #expect(place.shell("cd \(place.folder) && stat -c %a a.tar b.tar").output == "600\n600\n")
    }
}
