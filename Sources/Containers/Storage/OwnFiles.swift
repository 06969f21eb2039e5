import Glibc
import Linux
import Networking

/// The files that each container has of its own over its image's: `/etc/hosts`, `/etc/hostname`, `/etc/resolv.conf`.
enum OwnFiles {
    /// The names and texts to be written into the container's folder.
    static func texts(for new: NewContainer, hostname: String, host: (hosts: String, resolver: String)) -> [(
        name: String, text: String
    )] {
        [
            ("hosts", hosts(new, hostname: hostname, host: host.hosts)), ("hostname", "\(hostname)\n"),
            ("resolv.conf", resolver(new, host: host.resolver)),
            // For whoever keeps the names in its networks current; it is not mounted.
        ] + (new.domainname.map { [("domainname", "\($0)\n")] } ?? [])
    }

    /// With the host's network, the host's names, and its own where it is none of them; else loopback and the container's
    /// own name on it.
    private static func hosts(_ new: NewContainer, hostname: String, host: String) -> String {
        var lines: [String] = []
        let full = new.domainname.map { "\(hostname).\($0) \(hostname)" } ?? hostname
        if new.network == .host && !host.isEmpty {
            lines = host.lines.map(String.init)
            if !lines.contains(where: { names(in: $0).contains { $0 == hostname } }) {
                lines.append("127.0.0.1\t\(full)")
            }
        } else {
            lines = ["127.0.0.1\tlocalhost", "::1\tlocalhost ip6-localhost ip6-loopback"]
            switch new.network {
            // In networks it goes by its addresses there, which are written when it starts.
            case .bridges: break
            case .none, .host, .container, .user: lines.append("127.0.0.1\t\(full)")
            }
        }
        lines += new.extraHosts.map { "\($0.address)\t\($0.name)" }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Those that a line of hosts(5) gives to its address.
    private static func names(in line: String) -> ArraySlice<Substring> {
        line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace).dropFirst()
    }

    /// The host's, with what was asked for in its place.
    private static func resolver(_ new: NewContainer, host: String) -> String {
        var lines = host.lines.map(String.init).filter { line in
            if line.hasPrefix("nameserver") {
                return new.nameServers.isEmpty && (new.network == .host || !isLoopback(line))
            }
            if line.hasPrefix("options") { return new.resolverOptions.isEmpty }
            if line.hasPrefix("search") || line.hasPrefix("domain") { return new.searchDomains.isEmpty }
            return true
        }
        lines += new.nameServers.map { "nameserver \($0)" }
        if !new.searchDomains.isEmpty { lines.append("search \(new.searchDomains.joined(separator: " "))") }
        if !new.resolverOptions.isEmpty { lines.append("options \(new.resolverOptions.joined(separator: " "))") }
        return lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n"
    }

    /// Whether it is to find names, and has nobody to ask.
    static func lacksNameServer(_ new: NewContainer, host: String) -> Bool {
        switch new.network {
        case .none, .host, .container: false
        case .bridges, .user:
            !resolver(new, host: host).lines.contains { $0.hasPrefix("nameserver") }
        }
    }

    /// A name server at the host's loopback is out of reach for whoever has a network of its own.
    private static func isLoopback(_ line: String) -> Bool {
        let address = line.dropFirst("nameserver".count).split(whereSeparator: \.isWhitespace).first
        return address.flatMap { IPAddress(String($0)) }?.isLoopback ?? false
    }
}
