import Linux
import Networking
import OCI
import Records

extension Containers {
    /// Puts a container into a further network, at once where it runs.
    package func connect(_ reference: String, to attachment: NetworkAttachment) throws(ContainerError) {
        let networks = Networks(layout)
        var attachment = attachment
        let name = attachment.network
        attachment.network = try ofNetworks { () throws(NetworkError) in try networks.findOrMake(name).name }
        let wanted = attachment
        let record = try change(try id(of: reference)) { (record) throws(ContainerError) in
            var request = record.network ?? NetworkRequest(.none)
            switch request.mode {
            case .none: request = NetworkRequest(.bridges)
            case .bridges: break
            case .host, .container, .user:
                throw ContainerError(
                    .conflict,
                    "container \(record.name) is not in networks of its own (it was made with --network): make it anew")
            }
            guard !request.attachments.contains(where: { $0.network == wanted.network }) else {
                throw ContainerError(.conflict, "container \(record.name) is in network \(wanted.network) already")
            }
            request.attachments.append(wanted)
            record.network = request
            try keepHooks(of: record)
            if let process = process(of: record) {
                try ofNetworks { () throws(NetworkError) in
                    try networks.connect(record, to: wanted, process: process)
                }
            }
        }
        reload(record)
    }

    /// Takes a container out of a network, at once where it runs.
    package func disconnect(_ reference: String, from name: String) throws(ContainerError) {
        let networks = Networks(layout)
        let network = try ofNetworks { () throws(NetworkError) in try networks.find(name).name }
        let record = try change(try id(of: reference)) { (record) throws(ContainerError) in
            let index = record.network?.attachments.firstIndex { $0.network == network }
            guard let index else {
                throw ContainerError(.conflict, "container \(record.name) is not in network \(network)")
            }
            record.network?.attachments.remove(at: index)
            if process(of: record) != nil {
                try ofNetworks { () throws(NetworkError) in try networks.disconnect(record, from: network) }
            }
        }
        Networks(layout).releaseAddresses(of: record.id, in: [network])
        reload(record)
    }

    /// The containers that are to be in network `name`, running or not.
    package func containers(in name: String) -> [ContainerRecord] {
        ids().compactMap { try? record($0) }.filter { record in
            record.network?.attachments.contains { $0.network == name } ?? false
        }
    }

    /// Takes away networks: refused where a container is to be in one.
    package func removeNetwork(_ name: String) throws(ContainerError) {
        let networks = Networks(layout)
        let network = try ofNetworks { () throws(NetworkError) in try networks.findForRemoval(name) }
        let users = containers(in: network.name)
        if let first = users.first {
            let more = users.count - 1
            let verb = more == 0 ? "belongs" : "and \(more) more belong"
            throw ContainerError(
                .conflict,
                "container \(first.name) \(verb) to network \(network.name): remove it, or "
                    + "boxtop network disconnect \(network.name) \(first.name)")
        }
        try ofNetworks { () throws(NetworkError) in try networks.remove(network.name) }
        guard network.damage != nil else { return }
        warn("network \(network.name) had no record that can be read: what was left of it is gone")
    }

    private func process(of record: ContainerRecord) -> Int32? {
        files.state(of: record.id).status.running?.process.pid
    }

    /// A container that was made without a network has no hooks in its bundle: now it has.
    private func keepHooks(of record: ContainerRecord) throws(ContainerError) {
        var spec = try specification(record.id)
        if !(spec.hooks?.createRuntime.isEmpty ?? true) { return }
        spec.hooks = NetworkHooks.hooks(program: try RuntimeProgram.front(environment), layout)
        try write(spec, of: record.id)
    }
}

/// The hooks of a bundle: networks are set up from outside, before the program starts, and taken down after its end.
enum NetworkHooks {
    /// - Parameter path: the PATH that a program for the network is found on, where one is needed: whoever starts the
    ///   container may have another.
    static func hooks(program: String, _ layout: Layout, path: String? = nil) -> RuntimeSpec.Hooks {
        func hook(_ verb: String) -> RuntimeSpec.Hook {
            .init(
                path: program,
                args: ["boxtop", "network-hook", verb, layout.state, layout.run, layout.cgroupParent],
                env: path.map { ["PATH=\($0)"] }, timeout: 30)
        }
        return .init(createRuntime: [hook("up")], poststop: [hook("down")])
    }
}
