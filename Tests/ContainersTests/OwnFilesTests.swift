import Testing

@testable import Containers

/// What is written into a container's own `/etc/resolv.conf` and `/etc/hosts`.
@Suite struct OwnFilesTests {
    private func resolver(host: String, _ adjust: (inout NewContainer) -> Void) -> String? {
        var new = NewContainer(.image("tools"))
        adjust(&new)
        let text = OwnFiles.texts(for: new, hostname: "web", host: (hosts: "", resolver: host))
            .first { $0.name == "resolv.conf" }?.text
        guard let text, ResolverFile.isAsMade(text) else { return nil }
        return text.split(separator: "\n", maxSplits: 1).dropFirst().first.map(String.init) ?? ""
    }

    @Test func `a file of name servers is as it was made until somebody changes it`() {
        let made = ResolverFile.marked("nameserver 192.0.2.1\nsearch lan.test\n")
        #expect(ResolverFile.isAsMade(made) && ResolverFile.isAsMade(ResolverFile.marked("")))
        for text in [
            made + "options rotate\n", made.replacing("2.1", with: "2.2"), String(made.dropLast()), "\n" + made,
        ] {
            #expect(!ResolverFile.isAsMade(text), "\(text)")
        }
        // Of a version before there was a mark.
        #expect(!ResolverFile.isAsMade("nameserver 192.0.2.1\n"))
    }

    @Test(arguments: [
        ("nameserver 127.0.0.1\n", "nameserver 169.254.1.1\n"),
        ("nameserver ::1\nsearch a\n", "search a\nnameserver 169.254.1.1\n"),
        ("nameserver 127.0.0.1\nnameserver 192.0.2.1\n", "nameserver 192.0.2.1\n"), ("", ""),
    ])
    func `where all of a host's servers are at its loopback, pasta asks in a container's place`(
        host: String, own: String
    ) {
        #expect(resolver(host: host) { $0.network = .user } == own)
        #expect(
            resolver(host: host) { ($0.network, $0.nameServers) = (.user, ["192.0.2.9"]) }?
                .hasSuffix("nameserver 192.0.2.9\n") == true)
    }

    @Test(arguments: [
        ("127.0.0.1 localhost\n192.0.2.1 tower web # own\n", ""), ("127.0.0.1 localhost\n", "127.0.0.1\tweb\n"),
        ("127.0.0.1 localhost # web\n", "127.0.0.1\tweb\n"), ("192.0.2.1\tweb.example.org\n", "127.0.0.1\tweb\n"),
    ])
    func `in the host's network its own name is found, where the host's file has it not`(host: String, added: String) {
        var new = NewContainer(.image("tools"))
        new.network = .host
        let texts = OwnFiles.texts(for: new, hostname: "web", host: (hosts: host, resolver: ""))
        #expect(texts.first { $0.name == "hosts" }?.text == host + added)
    }

    @Test func `options that were asked for are in place of the host's`() {
        let host = "nameserver 192.0.2.1\noptions edns0\n"
        #expect(resolver(host: host) { _ in } == host)
        #expect(
            resolver(host: host) { $0.resolverOptions = ["ndots:1", "rotate"] }
                == "nameserver 192.0.2.1\noptions ndots:1 rotate\n")
    }

    @Test func `the host's lines may end as another system's editor ends them`() {
        let host = "nameserver 192.0.2.1\r\nnameserver 127.0.0.53\r\noptions edns0\r\n"
        #expect(resolver(host: host) { _ in } == "nameserver 192.0.2.1\noptions edns0\n")
    }
}
