import Glibc
import Linux
import Records
import Testing

/// What a registry has for this machine and for others, and how a host says that it may be spoken to.
@Suite(.serialized, .enabled(if: RegistryHost.obstacle == nil, Comment(rawValue: RegistryHost.obstacle ?? "")))
struct ImageRegistryTests {
    private let place: CommandLinePlace
    private let registry: RegistryHost

    init() throws {
        place = try CommandLinePlace()
        registry = try RegistryHost(in: place.folder)
        try #require(place.run("image", "import", "-q", place.rootfs, "one").code == 0)
        for tag in ["1", "2"] {
            let pushed = place.run("image", "push", "-q", "one", "\(registry.local)/one:\(tag)")
            try #require(pushed.code == 0, "\(pushed.error)")
        }
    }

    private func forget() { place.run("image", "prune", "-a", "-f") }

    /// Puts an index `multi` there: this machine's image, and one for arm/v7.
    private func pushIndex() throws {
        let made = place.shell(
            """
            cd \(place.folder) && python3 - http://\(registry.local)/v2/one <<'END'
            import json, platform, sys, urllib.request as web
            base, kind = sys.argv[1], 'application/vnd.oci.image.'
            get = lambda path: web.urlopen(web.Request(base + path, headers={'Accept': kind + 'manifest.v1+json'})).read()
            def send(method, url, data, kind):
                request = web.Request(url, data=data, method=method, headers={'Content-Type': kind})
                return web.urlopen(request).headers
            def digest(data):
                import hashlib
                return 'sha256:' + hashlib.sha256(data).hexdigest()
            own = get('/manifests/1')
            manifest = json.loads(own)
            config = json.loads(get('/blobs/' + manifest['config']['digest']))
            here = config['architecture']
            config['architecture'], config['variant'] = 'arm', 'v7'
            data = json.dumps(config).encode()
            place = send('POST', base + '/blobs/uploads/', b'', 'text/plain')['Location']
            send('PUT', place + '&digest=' + digest(data), data, 'application/octet-stream')
            manifest['config'].update(digest=digest(data), size=len(data))
            other = json.dumps(manifest).encode()
            send('PUT', base + '/manifests/arm', other, kind + 'manifest.v1+json')
            def entry(data, **platform):
                return {'mediaType': kind + 'manifest.v1+json', 'digest': digest(data), 'size': len(data),
                        'platform': dict(os='linux', **platform)}
            index = {'schemaVersion': 2, 'mediaType': kind + 'index.v1+json', 'manifests': [
                entry(other, architecture='arm', variant='v7'), entry(own, architecture=here)]}
            send('PUT', base + '/manifests/multi', json.dumps(index).encode(), kind + 'index.v1+json')
            END
            """)
        try #require(made.code == 0, "\(made)")
    }

    private var here: String { place.run("image", "inspect", "-f", "{{.Os}}/{{.Architecture}}", "one").output }

    @Test func `what is here for another machine is fetched anew for the platform that is named`() throws {
        try pushIndex()
        let (name, platform) = ("\(registry.local)/one:multi", String(here.dropLast()))
        func pullArm() { #expect(place.run("pull", "-q", "--platform", "linux/arm/v7", name).code == 0) }
        pullArm()
        let plain = place.run("run", "--rm", name, "true")
        #expect(plain.code == 125 && plain.output == "", "\(plain)")
        #expect(
            plain.error.contains("\(name) is for linux/arm/v7, and this machine is \(platform): --pull always gets"))
        let never = place.run("run", "--rm", "--pull", "never", "--platform", platform, name, "true")
        #expect(never.code == 125 && never.error.contains("--pull always"), "\(never)")
        let fetched = place.run("run", "--rm", "--platform", platform, name, "echo", "ran")
        #expect(fetched.code == 0 && fetched.output == "ran\n", "\(fetched)")
        #expect(fetched.error.contains("\(name) is here for linux/arm/v7 alone; pulling it"), "\(fetched)")
        pullArm()
        #expect(place.run("run", "--rm", "--pull", "always", name, "true").code == 0)
        // What is for another machine alone is said to be.
        let arm = "\(registry.local)/one:arm"
        #expect(place.run("pull", "-q", arm).code == 0)
        let alone = place.run("run", "--rm", "--pull", "always", arm, "true")
        #expect(alone.code == 125 && alone.error.hasSuffix("and this machine is \(platform)\n"), "\(alone)")
        let newer = place.run("pull", "--platform", "linux/arm/v6", name)
        #expect(newer.code == 1 && newer.error.contains("but for \(platform), linux/arm/v7"), "\(newer)")
    }

    @Test func `what a registry has under a name is shown, and nothing of it is pulled`() throws {
        try pushIndex()
        let (name, platform) = ("\(registry.local)/one:multi", String(here.dropLast()))
        forget()
        let shown = place.run("manifest", "inspect", name)
        #expect(shown.code == 0 && shown.output.contains("\"variant\": \"v7\""), "\(shown)")
        let told = place.run("buildx", "imagetools", "inspect", name)
        let raw = place.run("buildx", "imagetools", "inspect", "--raw", name)
        try Files.replace("\(place.folder)/raw", with: raw.output.utf8, durable: false)
        let digest = place.shell("sha256sum <\(place.folder)/raw").output.prefix(64)
        #expect(digest.count == 64 && told.output.contains("Digest:    sha256:\(digest)\n"), "\(told)")
        #expect(told.output.hasPrefix("Name:      \(name)\nMediaType: application/vnd.oci.image.index.v1+json\n"))
        #expect(told.output.contains("Platform:  linux/arm/v7\n") && told.output.contains("Platform:  \(platform)"))
        let template = place.run("buildx", "imagetools", "inspect", "--format", "{{.Manifest.Digest}}", name)
        #expect(template.output == "sha256:\(digest)\n", "\(template)")
        let one = place.run("manifest", "inspect", "\(registry.local)/one:1")
        #expect(one.code == 0 && one.output.contains("\"layers\""), "\(one)")
        let nobody = place.run("manifest", "inspect", "\(registry.local)/one:9")
        #expect(nobody.code == 1 && nobody.error.contains("there is no one:9"), "\(nobody)")
        #expect(place.run("image", "ls", "-q").output == "")
        let absent = place.run("manifest", "push", name)
        #expect(absent.code == 64 && absent.error.contains("there is no manifest push here"), "\(absent)")
    }

    @Test func `all tags of a repository are pulled at once`() throws {
        forget()
        let pulled = place.run("pull", "-q", "-a", "\(registry.local)/one")
        #expect(pulled.code == 0 && pulled.output.split(separator: "\n").count == 2, "\(pulled)")
        let names = place.run("image", "ls", "--format", "{{.Name}}").output
        #expect(names == "\(registry.local)/one:1\n\(registry.local)/one:2\n")
        #expect(place.run("pull", "-a", "\(registry.local)/one:1").code == 64)
        let nobody = place.run("pull", "-a", "\(registry.local)/nothing")
        #expect(nobody.code == 1 && nobody.error.contains("there is no nothing"), "\(nobody)")
    }

    @Test func `all tags of a repository are pushed at once`() {
        for tag in ["3", "4"] { place.run("tag", "one", "\(registry.local)/new:\(tag)") }
        let pushed = place.run("push", "-q", "--all-tags", "\(registry.local)/new")
        #expect(pushed.code == 0 && pushed.output.split(separator: "\n").count == 2, "\(pushed)")
        #expect(place.run("rmi", "--no-prune", "\(registry.local)/new:3", "\(registry.local)/new:4").code == 0)
        let pulled = place.run("pull", "-q", "--all-tags", "\(registry.local)/new")
        #expect(pulled.code == 0 && pulled.output == pushed.output, "\(pulled)")
        #expect(place.run("push", "-a", "\(registry.local)/new:3").code == 64)
        #expect(place.run("push", "-a", "\(registry.local)/nothing").code == 1)
    }

    @Test func `a registry elsewhere without TLS is one where registries-conf says so`() throws {
        let name = "\(registry.name)/one:1"
        let program = CommandLinePlace.program
        let variables = "env -u https_proxy http_proxy=http://127.0.0.1:\(registry.proxyPort)"
        let file = "\(place.folder)/home/.config/containers/registries.conf"
        forget()
        // Nobody but the proxy knows the name, and the proxy speaks no TLS.
        #expect(place.shell("\(variables) \(program) run --rm \(name) true").code == 125)
        try Files.makeDirectories("\(place.folder)/home/.config/containers")
        let text = "[[registry]]\nlocation = \"\(registry.name)\"\ninsecure = true\n"
        try Files.replace(file, with: text.utf8, durable: false)
        let ran = place.shell("\(variables) \(program) run --rm \(name) echo ran")
        #expect(ran.code == 0 && ran.output == "ran\n", "\(ran)")
        forget()
        let built = place.shell("cd / && printf 'FROM \(name)' | \(variables) \(program) build -q -t two -")
        #expect(built.code == 0, "\(built)")
        try Files.replace(
            file, with: "[[registry]]\nlocation = \"\(registry.name)\"\nblocked = true\n".utf8, durable: false)
        let blocked = place.shell("\(variables) \(program) pull \(name)")
        #expect(blocked.code == 1 && blocked.error.contains("\(file) has it blocked"), "\(blocked)")
    }

    @Test func `a registry that speaks no TLS is told with what would work`() throws {
        // Its address of the network, if this host has one.
        let address = place.shell("hostname -I | tr ' ' '\\n' | grep -m1 -E '^[0-9.]+$'").output.filter {
            !$0.isNewline
        }
        guard !address.isEmpty else { return }
        let port = registry.port + 2_000
        let server = place.start(
            ["-c", "cd /; exec python3 -m http.server --bind \(address) \(port) >/dev/null 2>&1"], program: "/bin/sh")
        defer { if let server { kill(server, SIGKILL); waitpid(server, nil, 0) } }
        let line = "env -u https_proxy \(CommandLinePlace.program) run \(address):\(port)/one true"
        var refused = place.shell(line)
        for _ in 0..<50 where !refused.error.contains("TLS") {
            usleep(100_000)
            refused = place.shell(line)
        }
        #expect(refused.error.contains("does not speak TLS") && refused.code == 125, "\(refused)")
        #expect(refused.error.contains("registries.conf say so ([[registry]], location = \"\(address):\(port)\""))
    }

    @Test func `a download that stands still does not say so every second`() throws {
        place.shell("head -c 3000000 /dev/urandom >\(place.rootfs)/data")
        place.run("image", "import", "-q", "--compression", "none", place.rootfs, "big")
        #expect(place.run("push", "-q", "big", "\(registry.local)/big").code == 0)
        forget()
        try registry.plan(["pass", "pass", "stall", "stall"])
        let pulled = place.shell(
            "env -u https_proxy http_proxy=http://127.0.0.1:\(registry.proxyPort) \(CommandLinePlace.program) "
                + "pull --insecure \(registry.name)/big")
        #expect(pulled.code == 0, "\(pulled)")
        let lines = pulled.error.split(separator: "\n").filter { $0.contains(" %, ") }
        #expect((1...2).contains(lines.count), "\(pulled.error)")
    }
}
