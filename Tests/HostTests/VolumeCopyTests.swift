import Linux
import Records
import Testing

/// `cp` into and out of what is mounted in a container that does not run: how scripts fill a volume.
@Suite(.serialized, .enabled(if: CommandLinePlace.obstacle == nil, "real containers: needs root and busybox"))
struct VolumeCopyTests {
    private let place: CommandLinePlace
    private var folder: String { place.folder }

    /// A container `c` with a volume, a folder and a file of the host, and what is to be copied.
    init() throws {
        place = try CommandLinePlace()
        let made = place.run("image", "import", "-q", place.rootfs, "base")
        try #require(made.code == 0, "\(made.error)")
        place.shell("cd \(folder) && mkdir host in && echo host >host/f && echo one >one && echo in >in/x")
        let mounts = ["kept:/data", "\(folder)/host:/host", "\(folder)/one:/one", "\(folder)/host:/fixed:ro"]
        let script = "busybox cat /data/in/x /data/deep/x /host/x /one; busybox stat -c %u /data/in/x"
        let container = place.run(
            ["create", "--name", "c"] + mounts.flatMap { ["-v", $0] } + ["base", "sh", "-c", script])
        try #require(container.code == 0, "\(container.error)")
    }

    private func copy(_ from: String, _ to: String) -> CommandLinePlace.Ended { place.run("cp", from, to) }

    @Test func `what is copied lies in the volume, the folder or the file when the container runs`() {
        #expect(copy("\(folder)/in", "c:/data").code == 0 && copy("\(folder)/in/.", "c:/data/deep").code == 0)
        #expect(copy("\(folder)/in/x", "c:/host/").code == 0 && copy("\(folder)/in/x", "c:/one").code == 0)
        let ended = place.run("start", "-a", "c")
        #expect(ended.output == "in\nin\nin\nin\n0\n", "\(ended)")
        #expect(copy("c:/data", "\(folder)/out").code == 0 && copy("c:/data", "\(folder)/host").code == 0)
        #expect(place.shell("cd \(folder) && cat out/in/x host/data/deep/x").output == "in\nin\n")
        #expect(copy("c:/data/in/.", "\(folder)/flat").code == 0 && copy("c:/host/f", "\(folder)/f").code == 0)
        #expect(place.shell("cd \(folder) && cat flat/x f").output == "in\nhost\n")
        #expect(place.run("cp", "c:/etc/hosts", "-").output.contains("localhost"))
    }

    @Test func `what is mounted read-only stays as it is, and no link leads out of a volume`() {
        let refused = copy("\(folder)/in/x", "c:/fixed/x")
        #expect(refused.code == 1 && refused.error.contains("/fixed is mounted read-only in container c"))
        #expect(!Files.exists("\(folder)/host/x"))
        let data = "\(place.layout.state)/volumes/kept/_data"
        place.shell("ln -s \(folder)/host \(data)/away; ln -s ../../../../../..\(folder)/one \(data)/above")
        #expect(copy("\(folder)/in/x", "c:/data/away/x").code == 1 && !Files.exists("\(folder)/host/x"))
        #expect(copy("\(folder)/in/x", "c:/data/above").code == 1 && Files.text("\(folder)/one") == "one\n")
        #expect(copy("c:/data/nothing", folder).error.contains("no such file"))
    }

    /// A container `l` in whose image /var/run leads to /run, where a volume is, with one more below /srv.
    private func makeLinked() throws {
        place.shell("cd \(place.rootfs) && mkdir run var srv && ln -s /run var/run")
        #expect(place.run("image", "import", "-q", place.rootfs, "linked").code == 0)
        let mounts = ["kept:/run", "\(folder)/host:/srv/sub", "other:/none/such", "\(folder)/one:/srv/file"]
        let made = place.run(["create", "--name", "l"] + mounts.flatMap { ["-v", $0] } + ["linked", "true"])
        try #require(made.code == 0, "\(made.error)")
    }

    @Test func `a symbolic link on the way leads into what is mounted, and out of it`() throws {
        try makeLinked()
        let data = "\(place.layout.state)/volumes/kept/_data"
        #expect(copy("\(folder)/in/x", "l:/var/run/f").code == 0 && Files.text("\(data)/f") == "in\n")
        #expect(copy("\(folder)/in", "l:/var/run").code == 0 && Files.text("\(data)/in/x") == "in\n")
        #expect(copy("l:/var/run/f", "\(folder)/back").code == 0 && Files.text("\(folder)/back") == "in\n")
        #expect(copy("l:/var/run/.", "\(folder)/all").code == 0 && Files.text("\(folder)/all/in/x") == "in\n")
        #expect(place.run("cp", "-L", "l:/var/run", "\(folder)/").code == 0)
        #expect(Files.text("\(folder)/run/f") == "in\n")
        // In the container it leads to the host's folder that is mounted there, and not to the host's own /srv.
        place.shell("ln -s /srv/sub \(data)/out")
        #expect(copy("\(folder)/in/x", "l:/run/out/y").code == 0 && Files.text("\(folder)/host/y") == "in\n")
        #expect(copy("l:/run/../srv/sub/f", "\(folder)/f").code == 0 && Files.text("\(folder)/f") == "host\n")
    }

    @Test func `a folder is copied with what is mounted in it, and nothing is put behind that`() throws {
        try makeLinked()
        #expect(copy("l:/srv", "\(folder)/out").code == 0)
        #expect(place.shell("cd \(folder)/out && cat sub/f file").output == "host\none\n")
        #expect(place.shell("\(CommandLinePlace.program) cp -q l:/srv - | tar -xO srv/sub/f").output == "host\n")
        let data = "\(place.layout.state)/volumes/other/_data"
        place.shell("echo deep >\(data)/x")
        #expect(copy("l:/none", "\(folder)/none").code == 0 && Files.text("\(folder)/none/such/x") == "deep\n")
        #expect(copy("l:/none/.", "\(folder)/flat").code == 0 && Files.text("\(folder)/flat/such/x") == "deep\n")
        place.shell("cd \(folder) && mkdir -p tree/sub srv/sub && echo lost >tree/sub/x && echo lost >srv/sub/x")
        for (from, to) in [("tree/.", "/srv"), ("tree/sub", "/srv/"), ("srv", "/")] {
            let refused = copy("\(folder)/\(from)", "l:\(to)")
            #expect(refused.code == 1 && refused.error.contains("what is mounted at /srv/sub"), "\(from): \(refused)")
        }
        place.shell("mv \(folder)/tree/sub \(folder)/tree/other")
        #expect(copy("\(folder)/tree/.", "l:/srv").code == 0 && copy("l:/srv/other/x", "\(folder)/x").code == 0)
        #expect(Files.text("\(folder)/x") == "lost\n")
    }
}
