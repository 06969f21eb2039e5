import Testing

@testable import Containers

/// What is written into a container's own `/etc/resolv.conf`.
@Suite struct OwnFilesTests {
    private func resolver(host: String, _ adjust: (inout NewContainer) -> Void) -> String? {
        var new = NewContainer(.image("tools"))
        adjust(&new)
        return OwnFiles.texts(for: new, hostname: "web", host: (hosts: "", resolver: host))
            .first { $0.name == "resolv.conf" }?.text
    }

    @Test func `options that were asked for are in place of the host's`() {
        let host = "nameserver 192.0.2.1\noptions edns0\n"
        #expect(resolver(host: host) { _ in } == host)
        #expect(
            resolver(host: host) { $0.resolverOptions = ["ndots:1", "rotate"] }
                == "nameserver 192.0.2.1\noptions ndots:1 rotate\n")
    }
}
