import Linux
import Records
import Testing

/// Volumes that are something else than a folder of their own: `volume create -o`.
@Suite(.serialized, .enabled(if: CommandLinePlace.obstacle == nil, "real containers: needs root and busybox"))
struct VolumeOptionTests {
    private let place: CommandLinePlace
    private var folder: String { "\(place.folder)/shared" }

    init() throws {
        place = try CommandLinePlace()
        try Files.makeDirectories(folder)
        try Files.replace("\(folder)/file", with: Array("host\n".utf8), durable: false)
    }

    private func create(_ name: String, _ options: String...) -> CommandLinePlace.Ended {
        place.run(["volume", "create"] + options.flatMap { ["-o", $0] } + [name])
    }

    @Test func `a folder of the host is what the volume holds, for all who use it`() {
        #expect(create("data", "type=none", "o=bind", "device=\(folder)").output == "data\n")
        #expect(create("data", "type=none", "o=bind", "device=\(folder)").code == 0)
        let made = place.container("-d", "--name", "a", "-v", "data:/v", "sh", "-c", "cat /v/file; sleep 77")
        #expect(made.code == 0, "\(made)")
        #expect(place.container("--rm", "-v", "data:/v", "sh", "-c", "echo inside >/v/file").code == 0)
        #expect(Files.text("\(folder)/file") == "inside\n")
        #expect(place.run("exec", "a", "cat", "/v/file").output == "inside\n")
        #expect(place.container("--rm", "--volumes-from", "a:ro", "cat", "/v/file").output == "inside\n")
        let shown = place.run("inspect", "-f", "{{range .Mounts}}{{.Type}} {{.Name}} {{.Source}}{{end}}", "a")
        #expect(shown.output == "volume data \(folder)\n")
        #expect(place.run("volume", "rm", "data").error.contains("belongs to container a"))
        #expect(place.run("rm", "-f", "a").code == 0 && place.run("volume", "rm", "data").code == 0)
        #expect(Files.text("\(folder)/file") == "inside\n")
    }

    @Test func `one that is read-only stays so, and one without its folder is refused by name`() {
        #expect(create("data", "type=none", "o=bind,ro", "device=\(folder)").code == 0)
        let written = place.container("--rm", "-v", "data:/v", "sh", "-c", "echo no >/v/file")
        #expect(written.code != 0 && written.error.contains("Read-only"), "\(written)")
        place.shell("rm -r \(folder)")
        let refused = place.container("--rm", "-v", "data:/v", "true")
        #expect(refused.code == 125 && refused.error.contains("cannot mount \(folder)"), "\(refused)")
    }

    @Test func `memory has its size and owner, is empty at each start, and leaves no mount on the host`() {
        #expect(create("fast", "type=tmpfs", "device=tmpfs", "o=size=1m,uid=7,mode=750").code == 0)
        let script = "head -c 2000000 /dev/zero >/v/a; ls -ldn /v; grep ' /v ' /proc/mounts; ls /v; sleep 77"
        #expect(place.shell("ln -s busybox \(place.rootfs)/bin/ls; ln -s busybox \(place.rootfs)/bin/grep").code == 0)
        #expect(place.container("-d", "--name", "a", "-v", "fast:/v", "sh", "-c", script).code == 0)
        #expect(place.eventually { place.run("logs", "a").output.hasSuffix("a\n") })
        let told = place.run("logs", "a").output
        #expect(told.contains("drwxr-x---") && told.contains(" 7 ") && told.contains("size=1024k"), "\(told)")
        #expect(place.run("restart", "-t", "0", "a").code == 0)
        #expect(!place.shell("cat /proc/mounts").output.contains("\(place.layout.volumes)"))
        let shown = place.run("inspect", "-f", "{{range .Mounts}}{{.Type}} {{.Name}}{{end}} {{.HostConfig.Binds}}", "a")
        #expect(shown.output == "volume fast [fast:/v]\n", "\(shown)")
        let other = place.container("--rm", "--volumes-from", "a", "ls", "/v")
        #expect(other.code == 0 && other.output == "", "\(other)")
        let options = place.run("volume", "inspect", "-f", "{{.Options.type}} {{.Options.o}}", "fast")
        #expect(options.output == "tmpfs size=1m,uid=7,mode=750\n", "\(options)")
    }

    @Test func `what no volume can be is refused in a sentence`() {
        for (options, sentence) in [
            (["type=nfs", "device=:/srv", "o=addr=192.0.2.1"], "mount that on this host"),
            (["type=none", "o=bind"], "device=/DIR"), (["type=none", "device=/srv"], "add -o o=bind"),
            (["type=none", "o=bind,hard", "device=/srv"], "“hard” is no option"),
            (["type=none", "o=bind", "device=srv"], "device=/DIR"), (["type=tmpfs", "o=size=x"], "“x”"),
            (["size=1g"], "there are type=, device= and o="), (["type"], "write KEY=VALUE"),
        ] {
            let refused = place.run(["volume", "create"] + options.flatMap { ["--opt", $0] } + ["data"])
            #expect(refused.code != 0 && refused.error.contains(sentence), "\(options): \(refused)")
        }
        #expect(place.run("volume", "ls", "-q").output == "")
        #expect(place.run("volume", "create", "data").code == 0)
        let other = create("data", "type=tmpfs")
        #expect(other.code == 1 && other.error.contains("with other options"), "\(other)")
    }
}
