import Glibc
import Testing

/// `--pid container:NAME`: a container among the processes of another.
@Suite(.serialized, .enabled(if: CommandLinePlace.obstacle == nil, "containers: needs root and busybox"))
struct SharedProcessesTests {
    private let place: CommandLinePlace

    init() throws {
        place = try CommandLinePlace()
        for name in ["ps", "readlink", "grep", "wc"] { symlink("busybox", "\(place.rootfs)/bin/\(name)") }
        #expect(place.container("-d", "--name", "web", "sleep", "77").code == 0)
    }

    private func namespace(_ kind: String, of name: String) -> String {
        place.run("exec", name, "readlink", "/proc/self/ns/\(kind)").output
    }

    @Test func `it sees the other's processes and may look into them`() {
        let seen = place.container(
            "--rm", "--pid", "container:web", "--network", "container:web", "sh", "-c",
            "ps -o args | grep -c '[s]leep 77'; readlink /proc/1/root; cat /proc/1/root/etc/hostname | wc -l; hostname")
        #expect(seen.code == 0, "\(seen)")
        #expect(seen.output == "1\n/\n1\n\(place.run("exec", "web", "hostname").output)", "\(seen)")
        // A network of its own, and one that a third has.
        #expect(place.container("-d", "--name", "third", "sleep", "78").code == 0)
        for network in ["none", "host", "container:third"] {
            let ended = place.container(
                "--rm", "--pid", "container:web", "--network", network, "readlink", "/proc/1/ns/pid")
            #expect(ended.code == 0 && ended.output == namespace("pid", of: "web"), "\(network): \(ended)")
        }
    }

    @Test func `one with the host's ids sees them as well, and only one that has them sees those of such a one`() {
        for flags in [["--userns", "host"], ["--privileged"]] {
            let seen = place.run(
                ["run", "--rm"] + flags + ["--pid", "container:web", "--rootfs", place.rootfs, "ps", "-o", "args"])
            #expect(seen.code == 0 && seen.output.contains("sleep 77"), "\(seen)")
        }
        #expect(place.container("-d", "--name", "bare", "--userns", "host", "sleep", "79").code == 0)
        let refused = place.container("--rm", "--pid", "container:bare", "true")
        #expect(refused.code == 125 && refused.error.contains("add --userns host"), "\(refused)")
        let seen = place.container("--rm", "--userns", "host", "--pid", "container:bare", "ps", "-o", "args")
        #expect(seen.code == 0 && seen.output.contains("sleep 79"), "\(seen)")
    }

    @Test func `it ends with the other, and joins the processes of the other's next life`() {
        #expect(
            place.container("-d", "--name", "near", "--restart", "always", "--pid", "container:web", "sleep", "78").code
                == 0)
        let before = namespace("pid", of: "web")
        #expect(before.hasPrefix("pid:") && namespace("pid", of: "near") == before)
        #expect(place.run("restart", "-t", "0", "web").code == 0)
        #expect(namespace("pid", of: "web") != before)
        #expect(place.eventually { namespace("pid", of: "near") == namespace("pid", of: "web") })
        // What stops is one of two: the other goes on.
        #expect(place.run("stop", "-t", "0", "near").code == 0 && place.run("rm", "near").code == 0)
        #expect(place.run("exec", "web", "true").code == 0)
        // The range of user ids is still web's.
        #expect(place.container("-d", "--name", "new", "sleep", "80").code == 0)
        let ids = place.run("inspect", "-f", "{{.isolation.firstId}}", "web", "new").output.split(separator: "\n")
        #expect(Set(ids).count == 2, "\(ids)")
    }

    @Test func `inspect names the other, and a start without it is refused`() {
        let made = place.run("create", "--name", "near", "--pid", "container:web", "--rootfs", place.rootfs, "true")
        #expect(made.code == 0, "\(made)")
        let id = place.run("inspect", "-f", "{{.Id}}", "web").output
        #expect(place.run("inspect", "-f", "{{.HostConfig.PidMode}}", "near").output == "container:\(id)")
        #expect(place.run("stop", "-t", "0", "web").code == 0)
        let refused = place.run("start", "near")
        #expect(refused.code == 1 && refused.error.hasSuffix("which does not run: boxtop start web\n"), "\(refused)")
        for (word, reason) in [
            ("container:", "names no container"), ("container:nobody", "nobody"), ("shared", "container:NAME"),
        ] {
            let wrong = place.container("--rm", "--pid", word, "true")
            #expect(wrong.code == 125 && wrong.error.contains(reason), "\(wrong)")
        }
        #expect(place.container("-d", "--name", "all", "--pid", "host", "sleep", "79").code == 0)
        let same = place.container("--rm", "--pid", "container:all", "true")
        #expect(same.code == 125 && same.error.hasSuffix("--pid host is the same\n"), "\(same)")
        #expect(place.run("rm", "web").code == 0)
        let orphan = place.run("start", "near")
        #expect(orphan.code == 1 && orphan.error.hasSuffix("that has been removed: make it anew\n"), "\(orphan)")
    }
}
