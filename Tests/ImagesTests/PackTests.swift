import Linux
import OCI
import Testing

@testable import Images

@Suite struct PackTests {
    private func pack(
        _ programs: [String], in store: ImageStore, _ change: (inout PackRequest) -> Void = { _ in }
    ) throws -> PackReport {
        var request = PackRequest(name: try Reference("test"), programs: programs)
        change(&request)
        return try store.pack(request)
    }

    @Test func `the same programs give the same digest`() throws {
        let first = try TemporaryFolder()
        let second = try TemporaryFolder()
        let a = try pack(["sh", "cat"], in: ImageStore(root: "\(first.path)/a"))
        let b = try pack(["sh", "cat"], in: ImageStore(root: "\(second.path)/b"))
        #expect(a.digest != nil)
        #expect(a.digest == b.digest)
        let later = try pack(["sh", "cat"], in: ImageStore(root: "\(second.path)/b")) { $0.epoch = 1_700_000_000 }
        #expect(later.digest != a.digest)
    }

    @Test(
        .enabled(if: isRoot, "chroot wants root"),
        arguments: [
            (["bash"], ["-c", "echo $((6*7))"], "42\n"),
            (["sh", "id"], ["-c", "id -un"], "root\n"),
            (["ls"], ["/etc/passwd"], "/etc/passwd\n"),
        ])
    func `a packed program runs with nothing else`(programs: [String], arguments: [String], output: String) throws {
        let folder = try TemporaryFolder()
        let store = ImageStore(root: "\(folder.path)/store")
        _ = try pack(programs, in: store)
        let image = try store.resolve("test")
        let layers = try store.unpack(image)
        #expect(layers.count == 1)
        let program = try #require(image.configuration.config?.cmd?.first)
        let result = try run(["/usr/sbin/chroot", layers[0], program] + arguments)
        #expect(result.output == output)
        #expect(result.status == 0)
    }

    @Test(.enabled(if: isRoot && isInstalled("busybox"), "wants root and busybox"))
    func `busybox comes with a link for each of its applets`() throws {
        let folder = try TemporaryFolder()
        let store = ImageStore(root: "\(folder.path)/store")
        let report = try pack(["busybox"], in: store)
        let applets = try run(["busybox", "--list"]).output.split(separator: "\n").map(String.init).filter {
            $0 != "busybox"
        }
        let links = report.files.filter { $0.kind == .link(to: "busybox") }.compactMap {
            $0.path.split(separator: "/").last
        }
        #expect(links.map(String.init).sorted() == applets.sorted())
        let layers = try store.unpack(try store.resolve("test"))
        #expect(try run(["/usr/sbin/chroot", layers[0], "/bin/sh", "-c", "ls / | grep -c etc"]).output == "1\n")
    }

    @Test(.enabled(if: isRoot && Files.exists("/usr/bin/python3"), "wants root and /usr/bin/python3"))
    func `python runs with its modules added, and their libraries with them`() throws {
        let folder = try TemporaryFolder()
        let store = ImageStore(root: "\(folder.path)/store")
        let version = try run(["/usr/bin/python3", "-c", "import sys; print('python%d.%d' % sys.version_info[:2])"])
        let name = version.output.split(separator: "\n").map(String.init).last ?? ""
        _ = try pack(["/usr/bin/python3"], in: store) { $0.additions = [.init(source: "/usr/lib/\(name)")] }
        let layers = try store.unpack(try store.resolve("test"))
        let code = "import ssl, json, hashlib; print(json.dumps(hashlib.sha256(b'').hexdigest()[:4]))"
        let result = try run(["/usr/sbin/chroot", layers[0], "/usr/bin/python3", "-c", code])
        #expect(result.output == "\"e3b0\"\n")
    }

    @Test(.enabled(if: isRoot, "chroot wants root"))
    func `a script brings its interpreter, through env too`() throws {
        let folder = try TemporaryFolder()
        let store = ImageStore(root: "\(folder.path)/store")
        let script = "\(folder.path)/hello"
        try Files.replace(script, with: Array("#!/usr/bin/env -S bash -e\necho hello $0\n".utf8), mode: 0o755)
        _ = try pack([script], in: store)
        let layers = try store.unpack(try store.resolve("test"))
        #expect(try run(["/usr/sbin/chroot", layers[0], script]).output == "hello \(script)\n")
    }

    @Test func `what is missing is named`() throws {
        let folder = try TemporaryFolder()
        let store = ImageStore(root: "\(folder.path)/store")
        #expect(throws: ImageError.noProgram("no-such-program", searched: PackRequest.standardPath)) {
            try pack(["no-such-program"], in: store)
        }
        #expect(throws: ImageError.self) { try pack(["/etc/passwd"], in: store) }
        let script = "\(folder.path)/orphan"
        try Files.replace(script, with: Array("#!/no/such/interpreter\n".utf8), mode: 0o755)
        #expect(throws: ImageError.noProgram("/no/such/interpreter", searched: [])) { try pack([script], in: store) }
        #expect(try store.list().isEmpty)
    }

    @Test(.enabled(if: isInstalled("gcc"), "wants gcc"))
    func `libraries are found as the loader finds them`() throws {
        let folder = try TemporaryFolder()
        let (root, store) = (folder.path, ImageStore(root: "\(folder.path)/store"))
        try Files.makeDirectories("\(root)/app/lib/deep")
        try Files.replace("\(root)/a.c", with: Array("int b(void); int a(void) { return b(); }".utf8))
        try Files.replace("\(root)/b.c", with: Array("int b(void) { return 7; }".utf8))
        try Files.replace("\(root)/main.c", with: Array("int a(void); int main(void) { return a(); }".utf8))
        let build = """
            cd \(root) && gcc -shared -fPIC b.c -o app/lib/deep/libb.so.1.2 -Wl,-soname,libb.so.1 &&
            ln -s libb.so.1.2 app/lib/deep/libb.so.1 &&
            gcc -shared -fPIC a.c -Wl,-soname,liba.so -o app/lib/liba.so app/lib/deep/libb.so.1.2 -Wl,-rpath,'$ORIGIN/deep' &&
            gcc main.c -o app/main app/lib/liba.so -Wl,-rpath-link,app/lib/deep -Wl,-rpath,'${ORIGIN}/lib'
            """
        #expect(try run(["sh", "-c", build]).output == "")
        let report = try pack(["\(root)/app/main"], in: store)
        let paths = Set(report.files.map(\.path))
        #expect(paths.isSuperset(of: ["\(root)/app/lib/liba.so", "\(root)/app/lib/deep/libb.so.1.2"]))
        #expect(report.files.first { $0.path == "\(root)/app/lib/deep/libb.so.1" }?.kind == .link(to: "libb.so.1.2"))
        if isRoot {
            let layers = try store.unpack(try store.resolve("test"))
            // $ORIGIN is read from /proc.
            let inside = "mount -t proc proc \(layers[0])/proc && exec chroot \(layers[0]) \(root)/app/main"
            #expect(try run(["unshare", "-m", "sh", "-c", inside]).status == 7)
        }
        try Files.removeTree("\(root)/app/lib/deep/libb.so.1")
        let error = #expect(throws: ImageError.self) { try pack(["\(root)/app/main"], in: store) }
        #expect(error?.description.contains("liba.so needs libb.so.1, which is not in") == true)
    }

    @Test func `a named user of the host is one inside, and an unknown one is refused`() throws {
        let folder = try TemporaryFolder()
        let store = ImageStore(root: "\(folder.path)/store")
        let report = try pack(["true"], in: store) { $0.user = "daemon" }
        #expect(report.digest != nil)
        let layers = try store.unpack(try store.resolve("test"))
        #expect(Files.text("\(layers[0])/etc/passwd")?.contains("\ndaemon:x:") == true)
        #expect(throws: ImageError.self) { try pack(["true"], in: store) { $0.user = "no-such-user" } }
    }

    @Test func `what is added goes where it is said to, through the links of the root, and before what is made up`()
        throws
    {
        let folder = try TemporaryFolder()
        let (root, store) = (folder.path, ImageStore(root: "\(folder.path)/store"))
        try Files.makeDirectories("\(root)/tree/__pycache__")
        try Files.replace("\(root)/tree/__pycache__/x.pyc", with: [1])
        try Files.replace("\(root)/tree/module", with: [1, 2])
        try Files.replace("\(root)/passwd", with: Array("me:x:7:7::/:/bin/sh\n".utf8))
        let report = try pack(["true"], in: store) {
            $0.additions = [
                .init(source: "\(root)/tree", destination: "/opt/tree"),
                .init(source: "\(root)/tree/module", destination: "/bin/"),
                .init(source: "\(root)/passwd", destination: "/etc/passwd"),
                .init(source: "\(root)/passwd", destination: "/tmp/x"),
            ]
        }
        let bin =
            Files.exists("/bin/true") && (try? run(["readlink", "/bin"]))?.output == "usr/bin\n" ? "/usr/bin" : "/bin"
        let paths = Set(report.files.map(\.path))
        #expect(paths.isSuperset(of: ["/opt/tree/module", "\(bin)/module", "/tmp/x"]))
        #expect(!paths.contains("/opt/tree/__pycache__"))
        #expect(report.notes.count == 1)
        let layer = try store.unpack(try store.resolve("test"))[0]
        #expect(Files.text("\(layer)/etc/passwd") == "me:x:7:7::/:/bin/sh\n")
        #expect(try run(["stat", "-c", "%a", "\(layer)/tmp"]).output == "1777\n")
        for destination in ["relative", "/../x", "/etc/passwd/below"] {
            #expect(throws: ImageError.self) {
                try pack(["true"], in: store) {
                    $0.additions = [
                        .init(source: "\(root)/passwd", destination: "/etc/passwd"),
                        .init(source: "\(root)/passwd", destination: destination),
                    ]
                }
            }
        }
    }

    @Test(.enabled(if: isInstalled("gcc") && isRoot, "wants gcc and root"))
    func `a library outside of the loader's folders is found through a cache`() throws {
        let libraries = ["liba.so.1": "/x/liba.so.1", "libb.so.10": "/x/libb.so.10", "libb.so.9": "/y/libb.so.9"]
        let cache = LoaderCache(LoaderCache.bytes(for: libraries))
        #expect(cache.paths == libraries.mapValues { [$0] })
        let folder = try TemporaryFolder()
        let root = folder.path
        // The host's own loader reads the cache that was written, in a root that has nothing else to lead it.
        let store = ImageStore(root: "\(root)/store")
        _ = try pack(["true"], in: store)
        let layer = try store.unpack(try store.resolve("test"))[0]
        try Files.makeDirectories("\(layer)/odd")
        let build = """
            cd \(root) && echo 'int f(void) { return 9; }' >f.c && echo 'int f(void); int main(void) { return f(); }' >m.c &&
            gcc -shared -fPIC f.c -Wl,-soname,libf.so.3 -o \(layer)/odd/libf.so.3 &&
            gcc m.c \(layer)/odd/libf.so.3 -o \(layer)/odd/main
            """
        #expect(try run(["sh", "-c", build]).output == "")
        let chroot = ["/usr/sbin/chroot", layer, "/odd/main"]
        #expect(try run(chroot).status == 127)
        var many = libraries
        for number in 0..<50 { many["libz\(number).so"] = "/z/\(number)" }
        many["libf.so.3"] = "/odd/libf.so.3"
        try Files.replace("\(layer)/etc/ld.so.cache", with: LoaderCache.bytes(for: many))
        #expect(try run(chroot).status == 9)
    }

    @Test func `a cache of garbage leads nowhere`() {
        let good = LoaderCache.bytes(for: ["liba.so": "/x/liba.so", "libb.so": "/x/libb.so"])
        for length in 0..<good.count { _ = LoaderCache(Array(good[..<length])) }
        for _ in 0..<5_000 {
            var bytes = good
            for _ in 0..<4 { bytes[Int.random(in: 20..<bytes.count)] = .random(in: 0...255) }
            _ = LoaderCache(bytes)
        }
        #expect(LoaderCache([]).paths.isEmpty)
    }
}
