import Glibc
import Linux
import Networking
import Records

/// The files that each container has of its own over its image's: `/etc/hosts`, `/etc/hostname`, `/etc/resolv.conf`.
enum OwnFiles {
    /// The names and texts to be written into the container's folder.
    static func texts(for new: NewContainer, hostname: String, host: (hosts: String, resolver: String)) -> [(
        name: String, text: String
    )] {
        let resolver = ResolverFile(new)
        let gatewayNames = new.extraHosts.filter { $0.address == HostEntry.gateway }.map(\.name)
        // These are for whoever keeps the others current; they are not mounted.
        let notes = [
            ("domainname", new.domainname.map { "\($0)\n" } ?? ""),
            (ResolverFile.askedName, resolver.asked.map { "\($0)\n" }.joined()),
            (Layout.gatewayNames, gatewayNames.map { "\($0)\n" }.joined()),
        ]
        return [
            ("hosts", hosts(new, hostname: hostname, host: host.hosts)), ("hostname", "\(hostname)\n"),
            (ResolverFile.name, ResolverFile.marked(resolver.text(host: host.resolver))),
        ] + notes.filter { !$0.1.isEmpty }
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
        lines += new.extraHosts.compactMap { entry in
            if entry.address != HostEntry.gateway { return "\(entry.address)\t\(entry.name)" }
            switch new.network {
            // Written when it starts, as its addresses.
            case .bridges: return nil
            case .user: return "\(Pasta.hostAddress)\t\(entry.name)"
            case .none, .host, .container: return "127.0.0.1\t\(entry.name)"
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Those that a line of hosts(5) gives to its address.
    private static func names(in line: String) -> ArraySlice<Substring> {
        line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace).dropFirst()
    }
}
