import Glibc
import Linux
import Records

/// Who has which port of the host: containers by their lines, other programs by what the kernel lists.
struct PortUse {
    private let members: [Member]

    init(_ members: [Member]) { self.members = members }

    /// Throws who has one of `ports`, by name.
    func check(_ ports: [PublishedPort]) throws(NetworkError) {
        if ports.isEmpty { return }
        // The kernel's lists are long to read, and tell who has a port; mostly nobody has.
        let areFree = ports.allSatisfy(Self.canBeBound)
        let sockets = areFree ? [] : ListedSocket.all()
        for (index, port) in ports.enumerated() {
            if ports[..<index].contains(where: { Self.overlap($0, port) }) {
                throw NetworkError(.invalid, "port \(port.text) is published twice: leave one out")
            }
            for member in members {
                guard let other = member.ports.first(where: { Self.overlap($0, port) }) else { continue }
                throw NetworkError(
                    .conflict,
                    "port \(Self.name(port)) of this host is container \(member.names.first ?? member.id)'s "
                        + "(\(other.text)): stop that one, or publish another port")
            }
            if !areFree { try Self.check(port, sockets) }
        }
    }

    /// Throws which program has `port`.
    private static func check(_ port: PublishedPort, _ sockets: [ListedSocket]) throws(NetworkError) {
        let own = sockets.filter { overlap($0, port) }
        if let socket = own.first(where: { !$0.isConnection }) {
            let process = HostSockets.holder(of: socket.inode)
            let holder = process.map { "process \($0.pid) (\($0.name))" } ?? "a program"
            throw NetworkError(
                .conflict,
                "port \(socket.port)/\(port.transport.rawValue) of this host is in use by \(holder): "
                    + "stop it, or publish another port")
        }
        if port.count > mostBound { return }
        // A connection that goes out from the port hears nobody who comes.
        let connected = Set(own.map(\.port))
        for offset in 0..<port.count where !HostSockets.canBind(port, offset: offset) {
            let number = port.hostPort &+ offset
            if connected.contains(number) { continue }
            throw NetworkError(
                .conflict,
                "port \(number)/\(port.transport.rawValue) of this host is held by something that does not listen there, "
                    + "a program or a container of another boxtop: stop it, or publish another port")
        }
    }

    /// Whether somebody has `port`.
    func isTaken(_ port: PublishedPort) -> Bool {
        members.contains { $0.ports.contains { Self.overlap($0, port) } } || Self.isTakenByProgram(port)
    }

    /// Whether it cannot be bound, where that is tried; no list has those that are bound and do not listen.
    private static func isTakenByProgram(
        _ port: PublishedPort, _ sockets: @autoclosure () -> [ListedSocket] = ListedSocket.all()
    ) -> Bool {
        if port.count <= mostBound { return !canBeBound(port) }
        return sockets().contains { !$0.isConnection && overlap($0, port) }
    }

    /// `port` at a port of the host that nobody has, out of its choice.
    func choose(_ port: PublishedPort, beside taken: [PublishedPort]) throws(NetworkError) -> PublishedPort {
        guard let choice = port.chosen else { return port }
        var one = port
        if choice.first == 0 {
            guard let free = free(port.transport, count: port.count, beside: taken) else {
                throw NetworkError(.conflict, "no port of this host is free: name one, as in 8080:\(port.port)")
            }
            one.hostPort = free
            return one
        }
        let others = taken + members.flatMap(\.ports)
        for offset in 0..<choice.count {
            one.hostPort = choice.first + offset
            if !others.contains(where: { Self.overlap($0, one) }) && Self.canBeBound(one) { return one }
        }
        throw NetworkError(
            .conflict,
            "ports \(choice.first)-\(choice.first + (choice.count - 1))/\(port.transport.rawValue) of this host are all "
                + "in use: publish others")
    }

    /// A port of the host that nobody has, of those that programs get when they ask for any.
    private func free(
        _ transport: PublishedPort.Transport, count: UInt16, beside taken: [PublishedPort]
    ) -> UInt16? {
        let sockets = count > Self.mostBound ? ListedSocket.all() : []
        let range = (Files.text("/proc/sys/net/ipv4/ip_local_port_range") ?? "").split(whereSeparator: \.isWhitespace)
            .compactMap { UInt16($0) }
        let (first, last) = range.count == 2 ? (range[0], range[1]) : (32_768, 60_999)
        guard last > first, last - first >= count else { return nil }
        for _ in 0..<1_000 {
            let port = PublishedPort(
                transport, hostPort: UInt16.random(in: first...(last - count)), port: 1, count: count)
            if taken.contains(where: { Self.overlap($0, port) })
                || members.contains(where: { $0.ports.contains { Self.overlap($0, port) } })
                || Self.isTakenByProgram(port, sockets)
            {
                continue
            }
            return port.hostPort
        }
        return nil
    }

    /// Longer ranges are looked for in the kernel's lists at once.
    private static let mostBound: UInt16 = 64

    private static func canBeBound(_ port: PublishedPort) -> Bool {
        port.count <= mostBound && (0..<port.count).allSatisfy { HostSockets.canBind(port, offset: $0) }
    }

    private static func name(_ port: PublishedPort) -> String {
        let range = port.count > 1 ? "\(port.hostPort)-\(port.hostPort &+ (port.count - 1))" : "\(port.hostPort)"
        return "\(range)/\(port.transport.rawValue)"
    }

    private static func overlap(_ a: PublishedPort, _ b: PublishedPort) -> Bool {
        guard a.transport == b.transport, meet(a.address, b.address) else { return false }
        return UInt32(a.hostPort) < UInt32(b.hostPort) + UInt32(b.count)
            && UInt32(b.hostPort) < UInt32(a.hostPort) + UInt32(a.count)
    }

    private static func overlap(_ socket: ListedSocket, _ port: PublishedPort) -> Bool {
        guard socket.isTCP == (port.transport == .tcp), port.hostPort <= socket.port,
            UInt32(socket.port) < UInt32(port.hostPort) + UInt32(port.count)
        else { return false }
        let address = IPAddress(bytes: socket.address)
        // One at :: takes IPv4 too, unless it has said otherwise, which nobody can see.
        let isEverywhere = address.isUnspecified && address.isIPv6
        return meet(isEverywhere ? nil : "\(address)", port.address)
    }

    /// Whether two addresses of the host have a packet that is for both: absent for every one, 0.0.0.0 and :: for all of
    /// their version.
    private static func meet(_ a: String?, _ b: String?) -> Bool {
        guard let a = a.flatMap({ IPAddress($0) }), let b = b.flatMap({ IPAddress($0) }) else { return true }
        return a.isIPv6 == b.isIPv6 && (a.isUnspecified || b.isUnspecified || a == b)
    }
}
