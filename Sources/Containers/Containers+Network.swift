import Linux
import Networking
import Records

extension Containers {
    /// What container.json keeps of the networks that were asked for: with ports and networks found and free.
    func network(of new: NewContainer, _ base: Base) throws(ContainerError) -> NetworkRequest {
        var ports = new.ports
        if new.publishesAll { ports += try base.defaults.exposedPorts.map(Parse.exposed) }
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
                request.attachments.append(attachment)
            }
            request.ports = try ofNetworks { () throws(NetworkError) in try networks.filled(ports) }
            return request
        case .user:
            var request = NetworkRequest(.user)
            request.ports = try ofNetworks { () throws(NetworkError) in try Networks(layout).filled(ports) }
            return request
        case .none, .host, .container:
            guard ports.isEmpty else {
                throw ContainerError(
                    .invalid, "ports are published of a container in a network of its own: leave out --network, or -p")
            }
            if case .container(let reference) = new.network {
                return NetworkRequest(.container(try id(of: reference)))
            }
            return NetworkRequest(new.network == .host ? .host : .none)
        }
    }

    /// What would keep a container from its networks, said before anything is started.
    func checkNetwork(of record: ContainerRecord) throws(ContainerError) {
        guard let request = record.network, request.needsHooks else { return }
        let networks = Networks(layout)
        try ofNetworks { () throws(NetworkError) in
            for attachment in request.attachments { _ = try networks.find(attachment.network) }
            try networks.check(request.ports, for: record.id)
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
