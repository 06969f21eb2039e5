import Records

extension Networks {
    /// Refuses addresses that the network of `attachment` does not have, before anything is set up for them.
    package func check(_ attachment: NetworkAttachment) throws(NetworkError) {
        let plan = try NetworkPlan(try find(attachment.network))
        for (text, subnet) in [(attachment.address4, plan.subnet4), (attachment.address6, plan.subnet6)] {
            guard let address = text.flatMap({ IPAddress($0) }) else { continue }
            guard let subnet else {
                throw NetworkError(
                    .invalid, "\(plan.absence6), so \(address) is no address in network \(attachment.network)")
            }
            try AddressPool.check(address, in: subnet, of: attachment.network)
        }
    }

    /// Refuses a MAC address that another one in its network has: neither would get all that is sent to it.
    func checkMAC(of member: Member, _ plan: NetworkPlan, among others: [Member]) throws(NetworkError) {
        let owner =
            member.mac == MACAddress(for: plan.gateway4)
            ? "the gateway's"
            : others.first { $0.network == member.network && $0.mac == member.mac }
                .map { "container \($0.names.first ?? $0.id)'s" }
        guard let owner else { return }
        throw NetworkError(
            .conflict,
            "the MAC address \(member.mac) is \(owner) in network \(member.network): give another with --mac-address")
    }
}
