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
}
