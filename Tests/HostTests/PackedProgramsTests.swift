import Glibc
import Linux
import Testing

/// Programs that people pack: each runs in a container that has nothing else.
@Suite(.serialized, .enabled(if: CommandLinePlace.obstacle == nil, "real containers: needs root and busybox"))
struct PackedProgramsTests {
    private let place: CommandLinePlace

    init() throws { place = try CommandLinePlace() }

    private static func exists(_ path: String) -> Bool { Files.exists(path) }

    private func pack(_ words: [String]) -> CommandLinePlace.Ended {
        place.run(["image", "pack", "-t", "packed"] + words)
    }

    private func run(_ words: String...) -> String {
        let ended = place.run(["run", "--rm", "packed"] + words)
        return ended.output + ended.error
    }

    @Test(arguments: [[], ["--strip"]])
    func `bash runs with its own files alone`(options: [String]) {
        let packed = pack(options + ["bash"])
        #expect(
            packed.code == 0 && packed.output.contains("a distribution's image with the same has"), "\(packed.error)")
        #expect(run("bash", "-c", "echo $((6*7)); type ls") == "42\nbash: line 1: type: ls: not found\n")
    }

    @Test(.enabled(if: exists("/usr/bin/git"), "needs git"))
    func `git commits`() {
        #expect(pack(["--strip", "--add", "/usr/lib/git-core/git", "git", "bash"]).code == 0)
        let script = """
            cd /tmp && git init -q r && cd r && echo x >f && git add f && \
            git -c user.name=a -c user.email=b commit -qm one && git log --format=%s
            """
        #expect(place.run("run", "--rm", "packed", "bash", "-c", script).output == "one\n")
    }

    @Test(.enabled(if: exists("/usr/bin/python3"), "needs python3"))
    func `python3 imports what is written in C`() {
        let version = place.shell("/usr/bin/python3 -c 'import sys; print(\"%d.%d\" % sys.version_info[:2])'").output
        let folder = "/usr/lib/python\(version.filter { $0 != "\n" })"
        let packed = pack([
            "--add", folder, "python3", "--", "-c", "import json, sqlite3, ssl, zlib; print(json.dumps(1))",
        ])
        #expect(packed.code == 0, "\(packed.error)")
        #expect(place.run("run", "--rm", "packed").output == "1\n")
    }

    @Test(.enabled(if: exists("/usr/bin/redis-server"), "needs redis-server"))
    func `redis-server answers`() {
        #expect(pack(["redis-server", "redis-cli", "bash"]).code == 0)
        let script =
            "redis-server --save '' >/dev/null & for i in 1 2 3 4 5 6 7 8 9; do redis-cli set a b 2>/dev/null && break; read -t 0.3 </dev/tty; done; redis-cli get a"
        #expect(place.run("run", "--rm", "packed", "bash", "-c", script).output.hasSuffix("b\n"))
    }

    @Test(.enabled(if: exists("/usr/sbin/nginx"), "needs nginx"))
    func `nginx serves`() throws {
        let text = """
            user root; pid /tmp/pid; error_log stderr; daemon on;
            events {} http { access_log off; server { listen 8080; location / { return 200 "packed\\n"; } } }
            """
        try Files.replace("\(place.folder)/nginx.conf", with: text.utf8, durable: false)
        let packed = pack([
            "--add", "\(place.folder)/nginx.conf:/etc/nginx/nginx.conf", "--add", "/var/lib/nginx", "--add",
            "/var/log/nginx", "nginx", "/bin/busybox",
        ])
        #expect(packed.code == 0, "\(packed.error)")
        #expect(run("busybox", "sh", "-c", "nginx && busybox wget -qO- http://127.0.0.1:8080/").hasSuffix("packed\n"))
    }

    @Test func `a dry run is a tree of why, and makes nothing`() {
        let tree = pack(["--dry-run", "bash"]).output
        #expect(tree.contains("/bin/bash") && tree.contains("(asked for)\n├─ ") && tree.contains("libc.so.6"))
        #expect(place.run("image", "ls", "-q").output == "")
    }

    @Test func `programs are packed out of an image as well, and its links lead nowhere outside`() throws {
        let root = "\(place.folder)/image"
        #expect(pack(["bash", "cat"]).code == 0)
        #expect(place.run("create", "--name", "c", "packed").code == 0)
        #expect(place.run("export", "-o", "\(place.folder)/all.tar", "c").code == 0)
        let made = place.shell(
            """
            mkdir -p \(root) && tar -C \(root) -xf \(place.folder)/all.tar && echo inside >\(root)/etc/shadow && \
            ln -s /etc/shadow \(root)/secret && rm -f \(root)/etc/passwd
            """)
        #expect(made.code == 0, "\(made.error)")
        #expect(place.run("image", "import", "-q", root, "whole").code == 0)
        let packed = place.run(
            "image", "pack", "--from", "whole", "-t", "small", "--add", "/secret", "cat", "--", "/secret")
        #expect(packed.code == 0 && packed.output.contains("whole has"), "\(packed.error)")
        #expect(place.run("run", "--rm", "small").output == "inside\n")
        #expect(place.run("run", "--rm", "small", "bash").code == 127)
        #expect(place.run("image", "pack", "--from", "whole", "-t", "x", "ls").code != 0)
    }
}
