import Networking
import Records

extension Parse {
    /// `[ADDRESS:]HOST:CONTAINER[/tcp|udp]` or `CONTAINER`, where a port may be a range; a host's port of 0 or none is one
    /// that is free, a range of them for one of the container's the first that is.
    package static func port(_ text: String) throws(ContainerError) -> PublishedPort {
        let refusal = ContainerError(
            .invalid, "“\(text)” is no port: [ADDRESS:]HOST:CONTAINER[/tcp|udp], as in 8080:80 or 127.0.0.1:53:53/udp")
        let sides = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(sides.count),
            let transport = PublishedPort.Transport(rawValue: sides.count == 2 ? sides[1].lowercased() : "tcp")
        else { throw refusal }
        var rest = sides[0]
        var address: IPAddress?
        // An address of IPv6 is in brackets.
        if rest.hasPrefix("[") {
            guard let end = rest.firstIndex(of: "]"),
                let read = IPAddress(String(rest[rest.index(after: rest.startIndex)..<end])),
                rest[rest.index(after: end)...].hasPrefix(":")
            else { throw refusal }
            address = read
            rest = rest[rest.index(end, offsetBy: 2)...]
        }
        var parts = rest.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 3, address == nil {
            if !parts[0].isEmpty {
                guard let read = IPAddress(String(parts[0])) else { throw refusal }
                address = read
            }
            parts.removeFirst()
        }
        guard (1...2).contains(parts.count), let inside = range(parts[parts.count - 1]), inside.lowerBound > 0 else {
            throw refusal
        }
        var outside: ClosedRange<UInt16>?
        if parts.count == 2, !parts[0].isEmpty {
            guard let read = range(parts[0]) else { throw refusal }
            guard read.count == inside.count || inside.count == 1 || read == 0...0 else {
                throw ContainerError(.invalid, "“\(text)”: the two ranges of ports are not of the same length")
            }
            outside = read
        }
        var port = PublishedPort(
            transport, address: address.map { "\($0)" },
            hostPort: outside?.lowerBound ?? 0, port: inside.lowerBound, count: UInt16(inside.count))
        if let outside, inside.count == 1 { port.choices = UInt16(clamping: outside.count) }
        return port
    }

    /// `80`, `80/tcp`, `8000-8010/udp`: what an image says that it listens at.
    static func exposed(_ text: String) throws(ContainerError) -> PublishedPort { try port(text) }

    private static func range(_ text: Substring) -> ClosedRange<UInt16>? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { part in
            part.utf8.allSatisfy { (48...57).contains($0) } ? UInt16(part) : nil
        }
        guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1], first <= last,
            first > 0 || last == 0
        else { return nil }
        return first...last
    }

    /// `none`, `host`, `container:NAME`, `pasta`, or a network:
    /// `NAME[,ip=ADDRESS][,ip6=ADDRESS][,alias=NAME][,mac-address=MAC]`, also as docker writes it, `name=NAME,…`.
    package static func network(_ text: String) throws(ContainerError) -> Network {
        switch text {
        case "none": return .none
        case "host": return .host
        case "pasta": return .user
        default: break
        }
        if let name = try otherContainer(text) { return .container(name) }
        var attachment = NetworkAttachment("")
        for (index, part) in text.split(separator: ",", omittingEmptySubsequences: false).enumerated() {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            switch (sides[0], sides.count) {
            case ("name", 2): attachment.network = sides[1]
            case ("alias", 2) where isHostname(sides[1]): attachment.aliases.append(sides[1])
            case ("ip", 2) where IPAddress(sides[1]).map { !$0.isIPv6 } ?? false: attachment.address4 = sides[1]
            case ("ip6", 2) where IPAddress(sides[1]).map(\.isIPv6) ?? false: attachment.address6 = sides[1]
            case ("mac-address", 2): attachment.mac = try macAddress(sides[1])
            case (_, 1) where index == 0: attachment.network = sides[0]
            default:
                throw ContainerError(
                    .invalid,
                    "“\(part)” is no option of a network: there are ip=ADDRESS, ip6=ADDRESS, alias=NAME and "
                        + "mac-address=MAC")
            }
        }
        guard !attachment.network.isEmpty else {
            throw ContainerError(.invalid, "“\(text)” names no network: boxtop network ls lists them")
        }
        return .bridges([attachment])
    }

    /// `02:42:ac:11:00:02`, as `--mac-address` takes it.
    package static func macAddress(_ text: String) throws(ContainerError) -> String {
        guard let address = MACAddress(text), address.isOfInterface else {
            throw ContainerError(
                .invalid,
                "“\(text)” is no MAC address of an interface: six bytes, the first one even, as in 02:42:ac:11:00:02")
        }
        return "\(address)"
    }

    /// `container:NAME`: the container that something is shared with.
    static func otherContainer(_ text: String) throws(ContainerError) -> String? {
        guard text.hasPrefix("container:") else { return nil }
        let name = String(text.dropFirst("container:".count))
        guard !name.isEmpty else { throw ContainerError(.invalid, "“\(text)” names no container: container:NAME") }
        return name
    }
}
