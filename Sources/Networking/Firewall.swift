import JSON

/// Other programs' rules, which boxtop leaves alone: a packet passes only where every table lets it.
package enum Firewall {
    private struct Listing: Decodable {
        var nftables: [Item]

        struct Item: Decodable { var chain: Chain? }

        struct Chain: Decodable {
            var family: String
            var table: String
            var name: String
            var hook: String?
            var policy: String?
        }
    }

    /// Chains that drop what is passed on from one interface to another unless a rule of theirs says otherwise: a
    /// sentence each.
    package static func obstacles(beside own: String) -> [String] {
        guard let text = try? Nftables.output("list chains", json: true),
            let listing = try? JSON.decode(Listing.self, from: Array(text.utf8))
        else { return [] }
        return listing.nftables.compactMap(\.chain).filter {
            $0.hook == "forward" && $0.policy == "drop" && $0.table != own && $0.family != "bridge"
        }.map {
            "\($0.family) \($0.table) \($0.name) drops what it has no rule for, containers' traffic with it: "
                + "nft insert rule \($0.family) \($0.table) \($0.name) iifname BRIDGE accept, and the same with oifname"
        }
    }
}
