import Glibc
import Linux
import Testing

/// Owners of files in an ordinary user's images, containers and volumes, who are of the ids that this host gives them.
@Suite(
    .serialized, .enabled(if: OrdinaryUser.obstacle == nil, "an ordinary user: needs root and setpriv"),
    .enabled(if: Files.exists("/usr/bin/newuidmap"), "ids of an ordinary user: needs newuidmap (package uidmap)"))
struct UserOwnersTests {
    private let user: OrdinaryUser
    private var place: CommandLinePlace { user.place }

    /// An image whose /data is user 1000's, whose name is `app`.
    init() throws {
        user = try OrdinaryUser(hasRanges: true)
        let root = "\(place.folder)/owned"
        place.shell(
            """
            cp -a \(place.rootfs) \(root) && mkdir -p \(root)/data \(root)/etc && chown 1000:1000 \(root)/data
            echo 'root:x:0:0::/:/bin/sh' >\(root)/etc/passwd && echo 'app:x:1000:1000::/:/bin/sh' >>\(root)/etc/passwd
            echo 'app:x:1000:' >\(root)/etc/group && tar -C \(root) -cf \(user.home)/owned.tar .
            """)
        let made = boxtop("image import -q -e PATH=/bin owned.tar base")
        try #require(made.code == 0, "\(made.error)")
    }

    @discardableResult
    private func shell(_ line: String) -> CommandLinePlace.Ended { user.shell(line) }

    @discardableResult
    private func boxtop(_ words: String) -> CommandLinePlace.Ended { user.boxtop(words) }

    private func run(_ words: String) -> String {
        let ended = boxtop("run --rm --network none \(words)")
        return ended.code == 0 ? ended.output : "\(ended)"
    }

    @Test func `an image's files have their owners, and its users write what is theirs`() {
        let look = "busybox stat -c %u:%g /data /data/x /bin"
        #expect(run("--user app base sh -c 'echo >/data/x; \(look)'") == "1000:1000\n1000:1000\n0:0\n")
        #expect(run("--user app -v kept:/data base sh -c 'echo >/data/x; \(look)'") == "1000:1000\n1000:1000\n0:0\n")
        let number = shell("stat -c %u:%g state/volumes/kept/_data").output
        #expect(number == "300999:400999\n")
        #expect(boxtop("volume rm kept").code == 0 && shell("ls state/volumes state/building").output.count < 60)
        #expect(boxtop("info").output.contains("65536 ids of /etc/subuid and /etc/subgid"))
    }

    @Test func `what a container gives away is seen, kept, written out and removed`() {
        let script = "cd /data; busybox mkdir -m 700 p; echo q >p/q; busybox chown -R 1000:1000 p"
        #expect(boxtop("run --network none --name c base sh -c '\(script)'").code == 0)
        #expect(boxtop("diff c").output == "C /data\nA /data/p\nA /data/p/q\n")
        #expect(boxtop("export c | tar -tv --numeric-owner").output.contains("-rw-r--r-- 1000/1000"))
        #expect(boxtop("cp c:/data/p - | tar -tv --numeric-owner").output.contains("drwx------ 1000/1000"))
        #expect(boxtop("cp -a c:/data/p out").code == 0 && shell("stat -c %u out").output == "300999\n")
        #expect(boxtop("cp c:/data/p mine").code == 0 && shell("cat mine/q").output == "q\n")
        #expect(boxtop("commit -q c kept").code == 0)
        #expect(run("kept busybox stat -c %u:%g:%a /data/p /data/p/q") == "1000:1000:700\n1000:1000:644\n")
        let removed = boxtop("rm c")
        #expect(removed.code == 0 && removed.error == "", "\(removed)")
        #expect(shell("ls -A state/containers state/building").output == "state/building:\n\nstate/containers:\n")
        #expect(boxtop("rmi kept").code == 0)
        // Where root keeps it the owners are the same.
        #expect(boxtop("save -o base.tar base").code == 0)
        #expect(place.run("load", "-i", "\(user.home)/base.tar").code == 0)
        #expect(place.run("run", "--rm", "base", "busybox", "stat", "-c", "%u", "/data").output == "1000\n")
    }

    @Test func `a build keeps owners from step to step, and takes them from what it copies`() {
        shell("mkdir ctx sub; echo f >ctx/f; echo t >sub/t")
        shell("tar -cf ctx/t.tar --owner 7 --group 8 --numeric-owner sub")
        let text = """
            FROM base AS one
            RUN echo r >/data/r; busybox chown 1000:1000 /data/r; busybox mkdir -m 700 /own; busybox chown 1000 /own
            COPY f /data/c
            COPY --chown=app:app f /own/f
            ADD t.tar /own/
            USER app
            RUN echo z >/data/z
            FROM base
            COPY --from=one --chown=app /own /own
            RUN --mount=type=bind,from=one,source=/own,target=/m busybox stat -c %u /m/f >/seen
            RUN --mount=type=cache,target=/cache,uid=1000 busybox stat -c %u /cache >>/seen
            """
        shell("cat >ctx/Containerfile <<'END'\n\(text)\nEND\n")
        let built = boxtop("build -q --target one -t one ctx")
        #expect(built.code == 0, "\(built)")
        let look = "busybox stat -c %u:%g"
        let first = run("one \(look) /data/r /data/c /data/z /own/f /own/sub/t")
        #expect(first == "1000:1000\n0:0\n1000:1000\n1000:1000\n7:8\n")
        #expect(boxtop("build -q -t made ctx").code == 0)
        let seen = run("made sh -c '\(look) /own /own/f /own/sub/t; busybox cat /seen'")
        #expect(seen == "1000:1000\n1000:1000\n1000:1000\n1000\n1000\n")
        #expect(boxtop("rmi -f one made").code == 0)
        #expect(boxtop("builder prune -a -f").code == 0)
        let left = shell("find state/volumes state/building state/containers -mindepth 1 -not -name '.*'").output
        #expect(left == "", "\(left)")
    }
}
