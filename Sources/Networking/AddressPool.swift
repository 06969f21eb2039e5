import Glibc
import Linux
import Records

/// The addresses of one network: symbolic links from an address to the container that has it, each made in one exclusive
/// call. A container keeps its address until it is removed, so that nothing that still knows the address meets another.
/// Used under the networks' lock.
struct AddressPool {
    let folder: String
    private let layout: Layout
    private let network: BridgeNetwork

    init(_ network: BridgeNetwork, _ layout: Layout) {
        folder = "\(layout.networks)/\(network.name)/addresses"
        self.network = network
        self.layout = layout
    }

    /// Gives `id` an address of `subnet`: `wanted`, where there is one; else the one that it has; else a free one.
    ///
    /// - Parameters:
    ///   - range: the part of the subnet that is given to who asks for none.
    ///   - suggested: taken where it is free.
    func claim(
        _ wanted: IPAddress?, in subnet: Subnet, range: Subnet? = nil, beside gateway: IPAddress, for id: String,
        suggested: IPAddress? = nil
    ) throws(NetworkError) -> IPAddress {
        let owners = self.owners()
        let mine = owners.filter { $0.value == id && subnet.contains($0.key) }.map(\.key)
        if let wanted {
            try Self.check(wanted, in: subnet, of: network.name)
            guard wanted != gateway else {
                throw NetworkError(
                    .invalid, "\(wanted) is the gateway of network \(network.name): choose another address")
            }
            if let owner = owners[wanted], owner != id, layout.has(owner) {
                let name = (try? StateFiles(layout).record(of: owner))?.name ?? String(owner.prefix(12))
                throw NetworkError(
                    .conflict, "the address \(wanted) is taken by container \(name): choose another")
            }
            for old in mine where old != wanted { release(old) }
            try take(wanted, for: id)
            return wanted
        }
        if let old = mine.min() { return old }
        let range = range ?? subnet
        if let suggested, suggested != gateway, owners[suggested] == nil, range.contains(suggested),
            subnet.isUsable(suggested)
        {
            try take(suggested, for: id)
            return suggested
        }
        // The lowest that nobody has ever had; then the lowest whose owner is no more.
        for isSecondLook in [false, true] {
            for index in 0..<min(range.size, 1 << 20) {
                let address = range.address(index)
                if address == gateway || !subnet.isUsable(address) { continue }
                if let owner = owners[address], !isSecondLook || layout.has(owner) { continue }
                try take(address, for: id)
                return address
            }
        }
        throw NetworkError(
            .conflict,
            "all addresses of network \(network.name) (\(range)) are in use: remove containers, or make a larger network"
        )
    }

    /// Refuses what is no host's address in `subnet`.
    static func check(_ wanted: IPAddress, in subnet: Subnet, of network: String) throws(NetworkError) {
        guard subnet.isUsable(wanted) else {
            throw NetworkError(
                .invalid, "\(wanted) is no host's address in \(subnet), the subnet of network \(network)")
        }
    }

    /// Who has what, those that are no more included.
    func owners() -> [IPAddress: String] {
        var owners: [IPAddress: String] = [:]
        for name in (try? Files.names(in: folder)) ?? [] {
            guard let address = IPAddress(name) else { continue }
            owners[address] = Files.linkTarget("\(folder)/\(name)")
        }
        return owners
    }

    func release(_ address: IPAddress) { unlink("\(folder)/\(address)") }

    /// Gives back all that `id` has.
    func releaseAll(of id: String) {
        for (address, owner) in owners() where owner == id { release(address) }
    }

    /// Gives back what has no owner any more.
    func sweep() {
        for (address, owner) in owners() where !layout.has(owner) { release(address) }
    }

    private func take(_ address: IPAddress, for id: String) throws(NetworkError) {
        let path = "\(folder)/\(address)"
        if Files.linkTarget(path) == id { return }
        unlink(path)
        _ = try explaining("cannot keep an address") { () throws(SystemCallError) in
            try systemCall("make", path) { symlink(id, path) }
        }
    }
}
