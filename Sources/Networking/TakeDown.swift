import Glibc
import JSON
import Linux
import Records

extension Networks {
    /// A running container's interfaces and ports.
    package func state(of id: String) -> NetworkState? {
        guard let bytes = try? Files.read(layout.networkState(id), limit: 1 << 20) else { return nil }
        return try? JSON.decode(NetworkState.self, from: bytes)
    }

    /// Takes away what a container that has ended had of networks: rules, names and ports. Its cables go with its
    /// namespace, by the kernel, which is in no hurry: asked to, it would take 30 ms and more. Its addresses stay its own
    /// until it is removed.
    ///
    /// - Parameter releasing: the container is being removed as well.
    package func takeDown(_ id: String, releasing: Bool = false) throws(NetworkError) {
        Pasta.end(layout.pasta(id))
        let lock = try lock()
        defer { withExtendedLifetime(lock) {} }
        let (living, gone) = split(members(), without: id)
        if !gone.isEmpty {
            // Where the rules are not as they were left, there is nothing of it to take away.
            try? Nftables.run(
                gone.map { Ruleset(names: names, networks: []).elements(of: $0, removing: true) }.joined())
            try write(living)
            HostNames(layout).refresh(living, networks: Set(gone.map(\.network)), own: nil)
        }
        unlink(layout.networkState(id))
        if releasing { releaseAddresses(of: id, in: Set(gone.map(\.network))) }
    }

    /// Gives back the addresses of a container that is removed: of all networks, or of those named.
    package func releaseAddresses(of id: String, in names: Set<String>? = nil) {
        for network in list() where names?.contains(network.name) ?? true {
            AddressPool(network, layout).releaseAll(of: id)
        }
    }
}
