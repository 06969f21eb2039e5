import Glibc
import Linux
import Testing

/// What an ordinary user is told, to whom no control group is delegated.
@Suite(.serialized, .enabled(if: OrdinaryUser.obstacle == nil, "an ordinary user: needs root and setpriv"))
struct CommandLineUserTests {
    private let user: OrdinaryUser
    private var place: CommandLinePlace { user.place }

    init() throws {
        user = try OrdinaryUser()
        // Where each container's own files are mounted; the folder is root's.
        for name in ["hosts", "hostname", "resolv.conf"] {
            try Files.replace("\(place.rootfs)/etc/\(name)", with: [], durable: false)
        }
    }

    @discardableResult
    private func boxtop(_ words: String) -> CommandLinePlace.Ended { user.boxtop(words) }

    @Test func `whoever has no HOME has the one of their account`() throws {
        let home = String(cString: try #require(getpwnam("nobody")).pointee.pw_dir)
        let runtime = "\(place.folder)/runtime"
        let ended = place.shell(
            """
            mkdir \(runtime) && chown nobody \(runtime) && exec setpriv --reuid nobody --clear-groups \
            env -i XDG_RUNTIME_DIR=\(runtime) \(CommandLinePlace.program) info --format '{{.state}}'
            """)
        #expect(ended.output == "\(home)/.local/share/boxtop\n", "\(ended)")
    }

    @Test func `top, commit and pause do what they can without a control group, and say what they cannot`() {
        let started = boxtop("run -d --name c --oom-score-adj -500 --rootfs \(place.rootfs) sh -c 'sleep 77 & wait'")
        defer { boxtop("rm -f c") }
        #expect(started.code == 0 && started.error.contains("--oom-score-adj stays at "), "\(started)")
        #expect(place.eventually { boxtop("top --no-headers --format '{{.Command}}' c").output.contains("sleep 77") })
        let paused = boxtop("pause c")
        #expect(paused.code == 1 && paused.error.contains("has no control group: run as root, or have a subtree"))
        let committed = boxtop("commit -q c kept")
        #expect(committed.code == 0 && committed.error.contains("may be in the image by half"), "\(committed)")
        #expect(boxtop("image ls -q").output.utf8.count == 13)
    }

    @Test func `the host's ids are refused, and no way that does not exist is advised`() {
        let rootfs = "--rootfs \(place.rootfs)"
        place.shell("mknod -m 600 \(place.folder)/disk b 7 0; mknod -m 600 \(place.folder)/null c 1 3")
        let host = boxtop("run --rm --userns host \(rootfs) true")
        #expect(host.code == 125 && host.error.contains("--userns host needs root"), "\(host)")
        let id = boxtop("run --rm --user 70000 \(rootfs) true")
        #expect(id.code == 125 && id.error.contains("/etc/subuid") && !id.error.contains("--userns"), "\(id)")
        let disk = boxtop("run --rm --device \(place.folder)/disk \(rootfs) true")
        #expect(disk.code == 125 && disk.error.hasSuffix("run it as root, with --userns host\n"), "\(disk)")
        let null = boxtop("run --rm --device \(place.folder)/null \(rootfs) true")
        #expect(null.code == 125 && null.error.contains("as root, with --userns host, or let everybody"), "\(null)")
        let roots = place.run("run", "--rm", "--device", "\(place.folder)/disk", "--rootfs", place.rootfs, "true")
        #expect(roots.code == 125 && roots.error.hasSuffix("ids of its own: add --userns host\n"), "\(roots)")
    }

    @Test func `a container sees the processes of another one`() {
        let rootfs = "--rootfs \(place.rootfs)"
        #expect(boxtop("run -d --name web \(rootfs) sleep 77").code == 0)
        #expect(boxtop("run -d --name third \(rootfs) sleep 78").code == 0)
        defer { boxtop("rm -f web third") }
        for network in ["none", "container:web"] {
            let seen = boxtop("run --rm --pid container:web --network \(network) \(rootfs) busybox ps -o args")
            #expect(seen.code == 0 && seen.output.contains("sleep 77"), "\(seen)")
        }
        let refused = boxtop("run --rm --pid container:web --network container:third \(rootfs) true")
        #expect(refused.code == 125 && refused.error.hasSuffix("name one container for both\n"), "\(refused)")
        // Nobody but web has a namespace for what this one leaves behind.
        boxtop("run --name left --pid container:web \(rootfs) sh -c 'sleep 277 & sleep 0.2'")
        #expect(!boxtop("exec web busybox ps -o args").output.contains("sleep 277"))
    }

    /// The other's root is root over all of its user namespace: whoever comes in must not be looked into before it has
    /// left this host's files.
    @Test func `a container that comes among the processes of another brings nothing of this host along`() throws {
        try Files.replace("\(place.folder)/secret", with: Array("of the host".utf8), durable: false)
        let look = """
            while :; do for p in /proc/[0-9]*; do test -e $p/root\(place.folder)/secret && echo seen; done; done
            """
        let watching = boxtop("run -d --name eye --cap-add SYS_PTRACE --rootfs \(place.rootfs) sh -c '\(look)'")
        defer { boxtop("rm -f eye") }
        #expect(watching.code == 0, "\(watching)")
        for _ in 0..<8 {
            let ended = boxtop("run --rm --pid container:eye --rootfs \(place.rootfs) true")
            #expect(ended.code == 0, "\(ended)")
        }
        #expect(boxtop("logs eye").output == "")
    }
}
