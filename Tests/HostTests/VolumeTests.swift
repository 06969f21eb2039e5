import Glibc
import Linux
import Records
import Testing

@Suite(.serialized, .enabled(if: CommandLinePlace.obstacle == nil, "real containers: needs root and busybox"))
struct VolumeTests {
    private let place: CommandLinePlace

    init() throws { place = try CommandLinePlace() }

    @Test func `volumes are made, listed, looked at and removed, those in use not`() throws {
        #expect(place.run("volume", "create", "--label", "a=b", "data").output == "data\n")
        #expect(place.run("volume", "create", "data").code == 0)
        let script = "echo kept >/v/file"
        #expect(place.container("--name", "user", "-v", "data:/v", place.rootfs).code != 0)
        let made = place.run("run", "--name", "user", "-v", "data:/v", "--rootfs", place.rootfs, "sh", "-c", script)
        #expect(made.code == 0, "\(made.error)")
        #expect(place.run("volume", "ls", "-q").output == "data\n")
        let document = place.run("volume", "inspect", "data").output
        #expect(document.contains("\"user\"") && document.contains("\"a\": \"b\""))
        let refused = place.run("volume", "rm", "data")
        #expect(refused.code == 1 && refused.error.contains("container user"))
        #expect(place.run("rm", "user").code == 0)
        let again = place.run("run", "--rm", "-v", "data:/v", "--rootfs", place.rootfs, "cat", "/v/file")
        #expect(again.output == "kept\n")
        #expect(place.run("volume", "rm", "data").code == 0 && place.run("volume", "ls", "-q").output == "")
        let long = String(repeating: "a", count: 230)
        for words in [["volume", "create", long], ["create", "-v", "\(long):/d", "--rootfs", place.rootfs, "true"]] {
            #expect(place.run(words).error.contains("at most 200 letters, digits, _ . and -"), "\(words[0])")
        }
        for bad in ["", "a/b", "..", "-x"] { #expect(place.run("volume", "create", "--", bad).code != 0, "\(bad)") }
        #expect(place.run("volume", "rm", "nothing").code == 1 && place.run("volume", "rm", "-f", "nothing").code == 0)
    }

    @Test func `prune takes those that nobody named, and with -a the named`() throws {
        let anonymous = place.run("volume", "create").output
        #expect(anonymous.utf8.count == 65)
        place.run("volume", "create", "named")
        #expect(
            place.run("volume", "prune").error
                == "boxtop: prune removes the volumes that nobody named and that no container has: say so with --force\n"
        )
        #expect(place.run("volume", "prune", "-f").output.hasPrefix("removed \(anonymous)"))
        #expect(place.run("volume", "ls", "-q").output == "named\n")
        #expect(
            place.run("volume", "prune", "-a").error
                == "boxtop: prune removes all volumes that no container has: say so with --force\n")
        #expect(place.run("volume", "prune", "-a", "-f").output.hasPrefix("removed named\n"))
        #expect(place.run("volume", "ls", "-q").output == "")
    }

    @Test func `an anonymous volume stays while another container has it, however its first one goes`() {
        func pair(_ first: String...) {
            let made = place.run(first + ["--name", "a", "-v", "/data", "--rootfs", place.rootfs, "sleep", "60"])
            #expect(made.code == 0, "\(made.error)")
            #expect(place.container("-d", "--name", "b", "--volumes-from", "a", "sleep", "60").code == 0)
            #expect(place.run("exec", "b", "sh", "-c", "echo precious >/data/f").code == 0)
        }
        func isKept() -> Bool {
            place.run("restart", "-t", "0", "b").code == 0
                && place.run("exec", "b", "cat", "/data/f").output == "precious\n"
                && place.run("rm", "-f", "b").code == 0
                && place.run("volume", "prune", "-f").output.hasPrefix("removed ")
                && place.run("volume", "ls", "-q").output == ""
        }
        pair("run", "-d")
        #expect(place.run("rm", "-f", "-v", "a").code == 0 && isKept())
        pair("run", "-d", "--rm")
        #expect(place.run("stop", "-t", "0", "a").code == 0 && place.run("ps", "-aq", "-f", "name=a").output == "")
        #expect(isKept())
        pair("create")
        #expect(place.run("prune", "-f").code == 0 && isKept())
        // One that nobody else has goes.
        #expect(place.container("--rm", "-v", "/data", "true").code == 0)
        #expect(place.run("volume", "ls", "-q").output == "")
        #expect(place.container("--name", "a", "-v", "/data", "true").code == 0)
        #expect(place.run("rm", "-v", "a").code == 0 && place.run("volume", "ls", "-q").output == "")
    }

    @Test func `a prune of containers leaves their volumes, and system prune takes those only with --volumes`() throws {
        #expect(place.container("--name", "a", "-v", "/data", "true").code == 0)
        let volume = place.run("volume", "ls", "-q").output
        #expect(place.run("prune", "-f").code == 0 && place.run("ps", "-aq").output == "")
        #expect(place.run("system", "prune", "-f").code == 0 && place.run("volume", "ls", "-q").output == volume)
        #expect(place.run("system", "prune", "-f", "--volumes").output.hasPrefix("removed \(volume)"))
        #expect(place.run("volume", "ls", "-q").output == "")
    }

    @Test func `while a record cannot be read no volume goes, since it may be of that container`() throws {
        #expect(place.container("--name", "a", "-v", "data:/data", "true").code == 0)
        #expect(place.container("--name", "b", "-v", "/data", "true").code == 0)
        let id = place.run("ps", "-aq", "--no-trunc", "-f", "name=a").output.filter { $0 != "\n" }
        try Files.replace(place.layout.record(id), with: "{".utf8)
        let pruned = place.run("volume", "prune", "-a", "-f")
        #expect(pruned.code == 1 && pruned.error.contains("so nothing is removed"), "\(pruned)")
        #expect(place.run("volume", "rm", "data").code == 1)
        let removed = place.run("rm", "-v", "b")
        #expect(removed.code == 1 && removed.error.contains("is removed, but not its volumes"), "\(removed)")
        #expect(place.run("volume", "ls", "-q").output.split(separator: "\n").count == 2)
        #expect(place.run("rm", "-f", id).code == 0)
        #expect(place.run("volume", "prune", "-a", "-f").code == 0 && place.run("volume", "ls", "-q").output == "")
    }

    @Test func `no prune takes a volume from a container that is being made`() throws {
        let prunes = "while :; do \(CommandLinePlace.program) volume prune -a -f; done >\(place.folder)/prunes 2>&1"
        let pruning = try #require(place.start(["-c", prunes], program: "/bin/sh", ownSession: true))
        defer {
            kill(-pruning, SIGKILL)
            _ = CommandLinePlace.wait(for: pruning)
        }
        for number in 0..<20 {
            let made = place.run(
                "create", "--name", "c\(number)", "-v", "keep\(number):/data", "--rootfs", place.rootfs, "true")
            #expect(made.code == 0, "\(made.error)")
            #expect(Files.exists("\(place.layout.volumes)/keep\(number)/_data"), "\(number)")
        }
    }

    @Test func `a volume begins with what the image has there, also where it was made before, and only once`() throws {
        let steps = "busybox mkdir /v && echo seed >/v/s && busybox chown 5:6 /v && busybox chmod 750 /v"
        let text = "FROM base\nRUN \(steps)\n"
        #expect(place.run("image", "import", "-q", "-e", "PATH=/bin", place.rootfs, "base").code == 0)
        let built = place.run(["build", "-q", "-t", "seeded", "-"], input: text)
        #expect(built.code == 0, "\(built.error)")
        func inside(_ volume: String, _ script: String) -> String {
            let ended = place.run("run", "--rm", "-v", volume, "seeded", "sh", "-c", script)
            #expect(ended.code == 0, "\(ended.error)")
            return ended.output
        }
        let look = "busybox stat -c '%u %g %a' /v; busybox ls /v"
        #expect(inside("new:/v", look) == "5 6 750\ns\n")
        place.run("volume", "create", "--label", "a=b", "made")
        #expect(inside("made:/v:nocopy", look) == "0 0 755\n")
        #expect(inside("made:/v", look) == "5 6 750\ns\n")
        #expect(place.run("volume", "inspect", "made").output.contains("\"a\": \"b\""))
        #expect(inside("made:/v", "echo more >/v/m; busybox rm /v/s") == "")
        #expect(inside("made:/v", look) == "5 6 750\nm\n")
        // One that another container has, however empty, is not taken from under it.
        place.run("volume", "create", "held")
        #expect(place.run("create", "--name", "holder", "-v", "held:/elsewhere", "seeded", "true").code == 0)
        #expect(inside("held:/v", "busybox ls /v") == "")
    }
}
