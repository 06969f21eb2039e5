import Linux
import Testing

@testable import Images

/// containers-registries.conf(5), as far as it says how a registry is spoken to.
@Suite struct RegistriesConfigurationTests {
    private let folder: TestStore

    init() throws { folder = try TestStore() }

    private func write(_ text: String, _ name: String) throws {
        let path = "\(folder.path)/\(name)"
        try Files.makeDirectories(String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)]))
        try Files.replace(path, with: text.utf8, durable: false)
    }

    private func read() throws -> RegistriesConfiguration {
        try RegistriesConfiguration(environment: ["HOME": "\(folder.path)/home"], host: "\(folder.path)/etc")
    }

    private func isInsecure(_ name: String) throws -> Bool? {
        let reference = try Reference(name)
        return try read().entry(for: reference.registry, reference.repository)?.insecure
    }

    @Test func `a registry is spoken to as the longest name says that is the beginning of the image's`() throws {
        try write(
            """
            unqualified-search-registries = ["docker.io", # a comment
              "quay.io"]
            short-name-mode = "permissive"
            [[registry]]
            location = "host.test:5000"   # in the house
            insecure = true
            [[registry.mirror]]
            location = "mirror.test"
            insecure = false

            [[ registry ]]
            prefix = 'host.test:5000/team/secret'
            location = "elsewhere.test/#1"
            insecure=false
            [[registry]]
            prefix = "*.example.org"
            location = "x"
            insecure = true
            [aliases]
            insecure = "a"
            """, "etc/registries.conf")
        for (name, insecure) in [
            ("host.test:5000/a", true), ("host.test:5000/team/secrets", true), ("host.test:5000/team/secret", false),
            ("host.test:5000/team/secret/a:1", false), ("host.test/a", nil), ("host.test:50001/a", nil),
            ("a.example.org:1/a", true), ("example.org/a", nil), ("mirror.test/a", nil), ("debian", nil),
        ] as [(String, Bool?)] { #expect(try isInsecure(name) == insecure, "\(name)") }
    }

    @Test func `a person's own file counts in place of the host's, and files of folders beside them`() throws {
        func entry(_ name: String, _ insecure: Bool) -> String {
            "[[registry]]\nlocation = \"\(name)\"\ninsecure = \(insecure)\n"
        }
        #expect(try isInsecure("a.test/x") == nil)
        try write(entry("a.test", true) + entry("b.test", true), "etc/registries.conf")
        try write(entry("c.test", true), "etc/registries.conf.d/1.conf")
        try write(entry("d.test", true), "etc/registries.conf.d/no.txt")
        #expect(try ["a", "b", "c", "d"].map { try isInsecure("\($0).test/x") } == [true, true, true, nil])
        try write(entry("b.test", false), "home/.config/containers/registries.conf")
        try write(entry("c.test", false), "home/.config/containers/registries.conf.d/2.conf")
        #expect(try ["a", "b", "c"].map { try isInsecure("\($0).test/x") } == [nil, false, false])
        try write("[[registry]]\nlocation=\"a.test\"\ninsecure = maybe", "etc/registries.conf.d/9.conf")
        #expect(throws: ImageError.self) { try read() }
    }

    @Test func `plain HTTP is spoken where a file allows it, and nothing where one has it blocked`() throws {
        let text =
            "[[registry]]\nlocation = \"a.test\"\ninsecure = true\n[[registry]]\nlocation = \"b.test\"\nblocked = true\n"
        try write(text, "home/.config/containers/registries.conf")
        let options = RegistryOptions(environment: ["HOME": "\(folder.path)/home"])
        #expect(try options.settled(for: "a.test", "x").addresses(of: "a.test") == ["https://a.test", "http://a.test"])
        #expect(try options.settled(for: "c.test", "x").addresses(of: "c.test") == ["https://c.test"])
        let file = "\(folder.path)/home/.config/containers/registries.conf"
        #expect(throws: ImageError.registry("b.test", reason: "\(file) has it blocked")) {
            try options.settled(for: "b.test", "x")
        }
    }

    @Test func `mirrors come before the place itself, which may be another than its name`() throws {
        try write(
            """
            [[registry]]
            location = "docker.io"
            [[registry.mirror]]
            location = "mirror.test:5000/hub"
            insecure = true
            [[registry.mirror]]
            location = "exact.test"
            pull-from-mirror = "digest-only"
            [[registry]]
            prefix = "docker.io/team"
            location = "house.test/x"
            [[registry]]
            location = "blocked.test"
            blocked = true
            [[registry.mirror]]
            location = "mirror.test"
            """, "etc/registries.conf")
        let digest = try SHA256.digest(of: [])
        for (name, places) in [
            ("debian", ["mirror.test:5000 hub/library/debian", "docker.io library/debian"]),
            (
                "debian@\(digest)",
                [
                    "mirror.test:5000 hub/library/debian", "exact.test library/debian", "docker.io library/debian",
                ]
            ),
            ("team/web:2", ["house.test x/web"]), ("other.test/a", ["other.test a"]),
            ("blocked.test/a", ["blocked.test a"]),
        ] {
            let sources = try read().sources(of: try Reference(name))
            #expect(sources.map { "\($0.registry) \($0.repository)" } == places, "\(name)")
        }
        var options = RegistryOptions(environment: [:])
        options.credentials = Credentials(user: "anna", password: "secret")
        let sources = try read().sources(of: try Reference("debian")).map { $0.options(from: options) }
        #expect(sources.map(\.insecure) == [true, false] && sources.map { $0.credentials == nil } == [true, false])
    }

    @Test(.enabled(if: RegistryPlace.obstacle == nil, "needs docker-registry, openssl, apache2-utils"))
    func `an image comes from a mirror under its own name, and from its registry where the mirror has it not`() throws {
        let (place, one) = (try RegistryPlace(secure: false), try TestStore("a"))
        for name in ["mirrored/a", "own/b"] {
            _ = try one.store.push("a", to: try Reference("\(place.host)/\(name)"), options: place.options) { _ in }
        }
        try Files.makeDirectories("\(place.folder)/home/.config/containers")
        func pull(_ name: String, mirror: String) throws -> String {
            let text =
                "[[registry]]\nlocation = \"\(place.host)/own\"\n[[registry.mirror]]\nlocation = \"\(mirror)\"\n"
            try Files.replace("\(place.folder)/home/.config/containers/registries.conf", with: text.utf8)
            let request = PullRequest(try Reference("\(place.host)/own/\(name)"))
            let two = try TestStore()
            return try withExtendedLifetime(two) { try two.store.pull(request, options: place.options) { _ in }.name }
        }
        let mirror = "\(place.host)/mirrored"
        #expect(try pull("a", mirror: mirror) == "\(place.host)/own/a:latest")
        #expect(try pull("b", mirror: mirror) == "\(place.host)/own/b:latest")
        #expect(try pull("b", mirror: "127.0.0.1:9/x") == "\(place.host)/own/b:latest")
        #expect(throws: ImageError.registry(place.host, reason: "there is no own/c:latest")) {
            try pull("c", mirror: mirror)
        }
    }
}
