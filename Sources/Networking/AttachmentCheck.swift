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
}
