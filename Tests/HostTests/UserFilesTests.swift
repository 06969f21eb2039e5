import Testing

/// Files of an ordinary user's containers and images: what root joins by overlayfs, they join in a user namespace.
@Suite(.serialized, .enabled(if: OrdinaryUser.obstacle == nil, "an ordinary user: needs root and setpriv"))
struct UserFilesTests {
    private let user: OrdinaryUser
    private var place: CommandLinePlace { user.place }

    init() throws {
        user = try OrdinaryUser()
        let made = boxtop("image import -q -e PATH=/bin \(place.rootfs) base")
        try #require(made.code == 0, "\(made.error)")
    }

    @discardableResult
    private func shell(_ line: String) -> CommandLinePlace.Ended { user.shell(line) }

    @discardableResult
    private func boxtop(_ words: String) -> CommandLinePlace.Ended { user.boxtop(words) }

    @Test func `an ordinary user copies in and out and exports, whether the container runs or not`() {
        let script = "echo a >/tmp/a; busybox rm /bin/cat; echo ready; sleep 100"
        let started = boxtop("run -d --name c base sh -c '\(script)'")
        defer { boxtop("rm -f c") }
        #expect(started.code == 0, "\(started)")
        #expect(place.eventually { boxtop("logs c").output.contains("ready") })
        for state in ["running", "stopped"] {
            let exported = boxtop("export -o all.tar c")
            #expect(exported.code == 0, "\(state): \(exported)")
            let listed = shell("tar -tvf all.tar --numeric-owner").output
            #expect(listed.contains(" 0/0 ") && listed.contains("tmp/a\n") && !listed.contains("bin/cat"), "\(listed)")
            #expect(shell("tar -xOf all.tar tmp/a").output == "a\n")
            #expect(boxtop("cp c:/tmp/a out").code == 0 && shell("cat out; rm out").output == "a\n")
            shell("echo \(state) >in && mkdir -p d/e && echo f >d/e/f")
            let copied = boxtop("cp in c:/tmp/in")
            #expect(copied.code == 0, "\(state): \(copied)")
            #expect(boxtop("cp d c:/tmp/\(state)").code == 0)
            #expect(boxtop("cp c:/tmp/\(state)/e/f - | tar -xO").output == "f\n")
            boxtop("stop -t 0 c")
        }
        #expect(boxtop("start c").code == 0)
        #expect(boxtop("exec c busybox stat -c '%u %g' /tmp/in /tmp/stopped/e").output == "0 0\n0 0\n")
        #expect(boxtop("exec c busybox cat /tmp/in /tmp/running/e/f").output == "stopped\nf\n")
    }

    @Test func `where owners cannot be kept, what was there is as it was, and nothing is left half-made`() {
        let script = "busybox mkdir /o; echo new >/o/f; busybox ln -s f /o/l; echo ready; sleep 100"
        let started = boxtop("run -d --name c base sh -c '\(script)'")
        defer { boxtop("rm -f c") }
        #expect(started.code == 0, "\(started)")
        #expect(place.eventually { boxtop("logs c").output.contains("ready") })
        // Those are root's, who is nobody to this user's containers.
        place.shell("cd \(user.home) && echo old >keep && mkdir d && echo x >d/x && ln -s x d/l")
        for state in ["running", "stopped"] {
            for words in ["keep c:/o/f", "d/l c:/o/l", "d c:/made"] {
                let ended = boxtop("cp -a \(words)")
                #expect(ended.code == 1 && ended.error.contains("cannot own"), "\(state): \(words): \(ended)")
            }
            #expect(boxtop("cp -a c:/o out").code == 0)
            let look = "cat out/l; stat -c %u:%a out/f; rm -r out; ls -A"
            #expect(shell(look).output == "new\n65432:644\nd\nkeep\nrun\nstate\n")
            boxtop("stop -t 0 c")
        }
        #expect(boxtop("start c").code == 0)
        let look = "cat /o/f; busybox readlink /o/l; busybox ls -A /o; echo /made*"
        #expect(boxtop("exec c sh -c '\(look)'").output == "new\nf\nf\nl\n/made*\n")
    }

    @Test func `an ordinary user builds, and is root in what comes of it`() {
        shell("mkdir ctx && echo a >ctx/a.txt")
        let text =
            "FROM base AS one\nWORKDIR /w/deep\nCOPY a.txt ./\nRUN cat a.txt >b; busybox rm /bin/hostname\n"
            + "FROM one\nCOPY --from=one /w /v\nCOPY <<EOF /here\nh\nEOF\n"
        shell("cat >ctx/Containerfile <<'END'\n\(text)END\n")
        let built = boxtop("build -t made -f ctx/Containerfile ctx")
        #expect(built.code == 0, "\(built)")
        let look = "cat /v/deep/b /here; busybox stat -c %u /w/deep/a.txt; echo /bin/host*"
        #expect(boxtop("run --rm made sh -c '\(look)'").output == "a\nh\n0\n/bin/host*\n")
        // And where root keeps it.
        #expect(boxtop("image save -o made.tar made").code == 0)
        #expect(place.run("image", "load", "-i", "\(user.home)/made.tar").code == 0)
        #expect(place.run("run", "--rm", "made", "sh", "-c", look).output == "a\nh\n0\n/bin/host*\n")
    }
}
