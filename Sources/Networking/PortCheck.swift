import Records

extension Networks {
    /// Throws who has one of `ports` now, before anything of a container that wants them is started.
    package func check(_ ports: [PublishedPort], for id: String?) throws(NetworkError) {
        if ports.isEmpty { return }
        try PortUse(members().filter { $0.id != id && $0.isAlive }).check(ports)
    }

    /// `ports`, each of those with the host port 0, or a range to choose from, given one that is free.
    package func filled(_ ports: [PublishedPort]) throws(NetworkError) -> [PublishedPort] {
        var filled: [PublishedPort] = []
        let use = PortUse(members().filter(\.isAlive))
        for var port in ports {
            if port.hostPort == 0 {
                port.chosen = PortChoice(first: 0, count: 1)
                port = try use.choose(port, beside: ports + filled)
            } else if port.choices > 1 {
                port.chosen = PortChoice(first: port.hostPort, count: port.choices)
                port.choices = 1
                port = try use.choose(port, beside: filled)
            }
            filled.append(port)
        }
        return filled
    }

    /// `ports`, those that nobody has asked for by number given others where somebody has them by now.
    package func refilled(_ ports: [PublishedPort], for id: String) throws(NetworkError) -> [PublishedPort] {
        if ports.allSatisfy({ $0.chosen == nil }) { return ports }
        var ports = ports
        let use = PortUse(members().filter { $0.id != id && $0.isAlive })
        for index in ports.indices where ports[index].chosen != nil && use.isTaken(ports[index]) {
            let others = ports[..<index] + ports[(index + 1)...]
            ports[index] = try use.choose(ports[index], beside: Array(others))
        }
        return ports
    }

    /// Throws where one of `ports` is asked for at ::1 alone, and nothing that comes there could be led into a container:
    /// see Ruleset. At all addresses it is left out in silence, since clients go on to 127.0.0.1.
    package func checkLoopback(_ ports: [PublishedPort]) throws(NetworkError) {
        let asked = ports.first { port in
            port.address.flatMap { IPAddress($0) }.map { $0.isIPv6 && $0.isLoopback } ?? false
        }
        guard let asked, Ruleset.filtersBridges6 else { return }
        throw NetworkError(
            .unsupported,
            "port \(asked.text) leads nowhere while bridges show their packets to ip6tables "
                + "(net.bridge.bridge-nf-call-ip6tables is 1): publish it at 127.0.0.1, or set that to 0")
    }

    /// Throws where one of `ports` is asked for at an address where nothing can arrive: one that is not this host's, or
    /// of IPv6 where the network that it leads in by has none.
    ///
    /// - Parameter names: of the container's networks.
    package func checkAddresses(_ ports: [PublishedPort], in names: [String]) throws(NetworkError) {
        let asked = ports.compactMap { port in port.address.flatMap { IPAddress($0) }.map { (port: port, address: $0) }
        }
        if asked.isEmpty { return }
        var networks: [BridgeNetwork] = []
        for name in names { networks.append(try find(name)) }
        let way = try networks.wayIn.map { number throws(NetworkError) in try NetworkPlan(networks[number]) }
        for (port, address) in asked {
            if address.isIPv6, let way, way.subnet6 == nil {
                throw NetworkError(
                    .invalid,
                    "port \(port.text) leads nowhere, since \(way.absence6): publish it at an address of IPv4, or add "
                        + "--network of one with IPv6")
            }
            if address.isUnspecified || HostSockets.has(address) { continue }
            // A network's bridge comes with its first container.
            if list().contains(where: { "\(address)" == $0.gateway4 || "\(address)" == $0.gateway6 }) { continue }
            throw NetworkError(
                .unsupported,
                "port \(port.text) leads nowhere, since this host has no address \(address): publish it at one that it "
                    + "has, or at all of them with \(port.hostPort == 0 ? "" : "\(port.hostPort):")\(port.port)")
        }
    }
}
