import Glibc
import JSON
import Linux
import Networking
import OCI
import Records

extension Containers {
    /// What container.json keeps of the networks that were asked for: with ports and networks found and free.
    func network(of new: NewContainer, _ base: Base) throws(ContainerError) -> NetworkRequest {
        var ports = new.ports
        if new.publishesAll {
            for port in try (base.defaults.exposedPorts + new.exposedPorts).map(Parse.exposed)
            where !ports.contains(port) { ports.append(port) }
        }
        switch new.network {
        case .bridges(let attachments):
            var request = NetworkRequest(.bridges)
            let networks = Networks(layout)
            for attachment in attachments {
                var attachment = attachment
                attachment.network = try ofNetworks { () throws(NetworkError) in
                    try networks.findOrMake(attachment.network).name
                }
                guard !request.attachments.contains(where: { $0.network == attachment.network }) else {
                    throw ContainerError(.invalid, "network \(attachment.network) is given twice: leave one out")
                }
                try ofNetworks { () throws(NetworkError) in try networks.check(attachment) }
                request.attachments.append(attachment)
            }
            request.ports = try ofNetworks { () throws(NetworkError) in
                try networks.checkLoopback(ports)
                try networks.checkAddresses(ports, in: request.names)
                return try networks.filled(ports)
            }
            return request
        case .user:
            if geteuid() == 0 {
                throw ContainerError(
                    .unsupported,
                    "--network pasta is for users without root, who may make no networks: leave it out, or name one")
            }
            try ofNetworks { () throws(NetworkError) in _ = try Pasta(environment) }
            var request = NetworkRequest(.user)
            request.ports = try ofNetworks { () throws(NetworkError) in try Networks(layout).filled(ports) }
            return request
        case .container(let reference):
            try checkShared(new, by: reference)
            let other = try find(reference)
            if other.network?.mode == .host && geteuid() != 0 {
                throw ContainerError(
                    .unsupported,
                    "container \(other.name) is in this host's network, which only root lets another one join: "
                        + "--network host is the same")
            }
            return NetworkRequest(.container(other.id))
        case .host:
            if !ports.isEmpty {
                warn("with --network host no port is published: its program listens at this host's own addresses")
            }
            return NetworkRequest(.host)
        case .none:
            guard ports.isEmpty else {
                throw ContainerError(
                    .invalid, "ports are published of a container in a network of its own: leave out --network, or -p")
            }
            return NetworkRequest(.none)
        }
    }

    /// Refuses what belongs to the other container where a network is shared: its name, its names, its ports.
    private func checkShared(_ new: NewContainer, by reference: String) throws(ContainerError) {
        let flags = [
            ("--hostname", new.hostname != nil), ("--add-host", !new.extraHosts.isEmpty),
            ("--dns", !new.nameServers.isEmpty), ("--dns-search", !new.searchDomains.isEmpty),
            ("--dns-option", !new.resolverOptions.isEmpty), ("--publish", !new.ports.isEmpty),
            ("--publish-all", new.publishesAll), ("--expose", !new.exposedPorts.isEmpty),
        ]
        guard let flag = flags.first(where: \.1)?.0 else { return }
        throw ContainerError(
            .conflict,
            "\(flag) and --network container:\(reference) exclude each other: names and ports are those of container "
                + "\(reference), and are given with it")
    }

    /// Another program's firewall in the way of what is published. Asked when the container runs already, since it takes
    /// some milliseconds.
    func warnOfFirewall(_ record: ContainerRecord) {
        guard let request = record.network, request.mode == .bridges, !request.ports.isEmpty else { return }
        let obstacles = Networks(layout).obstacles(for: Set(request.names))
        if let obstacle = obstacles.first(where: \.keepsOut) {
            warn("what container \(record.name) publishes is out of reach from other hosts: \(obstacle.sentence)")
        } else if let obstacle = obstacles.first {
            warn("other hosts are out of reach from container \(record.name): \(obstacle.sentence)")
        }
    }

    /// Refuses docker's word for this host where none of its addresses would lead there.
    func checkGateway(of new: NewContainer, _ request: NetworkRequest) throws(ContainerError) {
        guard new.extraHosts.contains(where: { $0.address == HostEntry.gateway }) else { return }
        switch request.mode {
        case .host, .bridges: return
        case .user:
            if try ofNetworks({ () throws(NetworkError) in try Pasta(environment).canReachHost() }) { return }
            throw ContainerError(
                .unsupported,
                "--add-host NAME:host-gateway needs a pasta that has --map-guest-addr (passt of August 2024): the one "
                    + "that is installed leads to no service of this host; --network host does, or root's --network boxtop"
            )
        case .none, .container:
            throw ContainerError(
                .invalid,
                "--add-host NAME:host-gateway is for containers in a network of this host's: leave out --network, or "
                    + "name one")
        }
    }

    /// What would keep a container from its networks, said before anything is started. A port that nobody has asked for
    /// by number is another one then, where somebody has it by now.
    func checkNetwork(of record: inout ContainerRecord) throws(ContainerError) {
        if case .container(let id)? = record.network?.mode {
            try requireLife(of: id, "container \(record.name) is to be in the network of")
        }
        guard let request = record.network, request.needsHooks else { return }
        let networks = Networks(layout)
        if request.mode == .user { disconnectLost(but: record.id) }
        let id = record.id
        let ports = try ofNetworks { () throws(NetworkError) in
            for attachment in request.attachments { _ = try networks.find(attachment.network) }
            let ports = try networks.refilled(request.ports, for: id)
            if request.mode == .bridges { try networks.checkLoopback(ports) }
            try networks.check(ports, for: id)
            return ports
        }
        if ports == request.ports { return }
        record.network?.ports = ports
        try write(record)
    }
}

extension Containers {
    /// Gives back the ports of containers that have ended with nobody there to see it. Of what is just being started,
    /// somebody holds the lock.
    private func disconnectLost(but own: String) {
        let networks = Networks(layout)
        for id in networks.connected() where id != own {
            guard let lock = ContainerLock.takeIfFree(layout.lock(id)) else { continue }
            if let state = files.written(for: id), isLost(state), files.truth(state).status.running == nil {
                networks.disconnect(id)
            }
            withExtendedLifetime(lock) {}
        }
    }

    func write(_ spec: RuntimeSpec, of id: String) throws(ContainerError) {
        let text: [UInt8]
        do { text = try JSON.encode(spec) } catch { throw ContainerError(.failed, "\(error)") }
        try explaining { () throws(SystemCallError) in
            try Files.replace(layout.configuration(id), with: text, mode: 0o600)
        }
    }
}

/// Runs `body`, a network's refusal becoming one of this room.
func ofNetworks<R>(_ body: () throws(NetworkError) -> R) throws(ContainerError) -> R {
    do throws(NetworkError) { return try body() } catch { throw ContainerError(error) }
}

extension ContainerError {
    package init(_ error: NetworkError) {
        let kind: Kind =
            switch error.kind {
            case .notFound: .notFound
            case .conflict: .conflict
            case .invalid: .invalid
            case .unsupported: .unsupported
            case .failed: .failed
            }
        self.init(kind, error.description)
    }
}
