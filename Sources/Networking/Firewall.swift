/// Other programs' rules, which boxtop leaves alone: a packet passes only where every table lets it.
package enum Firewall {
    /// What keeps packets of a bridge from getting through this host.
    package struct Obstacle: Hashable, Sendable {
        /// Which rules, and what lets them through.
        package var sentence: String
        /// Other hosts do not reach what is published; else containers do not reach other hosts.
        package var keepsOut: Bool
    }

    /// Chains that drop or refuse what is passed on from one interface to another unless a rule of theirs says otherwise,
    /// and have none that lets all of one of `bridges` through.
    static func obstacles(beside own: String, for bridges: [String]) -> [Obstacle] {
        guard !bridges.isEmpty else { return [] }
        let chains = ((try? BaseChain.all()) ?? []).filter { chain in
            chain.hook == .forward && chain.table != own && (chain.drops || chain.endsInRefusal())
        }
        return chains.flatMap { chain in
            let place = "\(chain.family) \(chain.table)"
            let rules = ForwardRules((try? Nftables.output("list table \(place)")) ?? "", chain: chain.name)
            return obstacles(rules, for: bridges) { bridge in
                let drops = "\(place) \(chain.name) drops what it has no rule for, the traffic of \(bridge) with it"
                // It makes its rules anew whenever it likes, and may let nobody else change them.
                return chain.table == "firewalld"
                    ? "\(drops): firewall-cmd --zone=trusted --add-interface=\(bridge), and the same with --permanent"
                    : "\(drops): nft insert rule \(place) \(chain.name) iifname \(bridge) accept, and the same with "
                        + "oifname"
            }
        } + legacyObstacles(for: bridges)
    }

    private static func legacyObstacles(for bridges: [String]) -> [Obstacle] {
        LegacyTable.all().flatMap { table in
            let rules = ForwardRules(table.text, chain: "FORWARD")
            guard table.drops || rules.endsInRefusal else { return [Obstacle]() }
            return obstacles(rules, for: bridges) { bridge in
                "the chain FORWARD of \(table.program) drops what it has no rule for, the traffic of \(bridge) with it: "
                    + "\(table.program) -I FORWARD -i \(bridge) -j ACCEPT, and the same with -o"
            }
        }
    }

    private static func obstacles(
        _ rules: ForwardRules, for bridges: [String], _ sentence: (String) -> String
    ) -> [Obstacle] {
        bridges.filter { !rules.accepts($0) }.map {
            Obstacle(sentence: sentence($0), keepsOut: !rules.acceptsPublished($0))
        }
    }
}

extension Networks {
    /// What keeps other hosts, or the containers, from getting through this one.
    ///
    /// - Parameter names: of networks; absent: all that have a way out.
    package func obstacles(for names: Set<String>? = nil) -> [Firewall.Obstacle] {
        let bridges = list().filter { !$0.isInternal && names?.contains($0.name) ?? true }.map(\.bridge)
        return Firewall.obstacles(beside: self.names.table, for: bridges)
    }
}
