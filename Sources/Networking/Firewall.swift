/// Other programs' rules, which boxtop leaves alone: a packet passes only where every table lets it.
package enum Firewall {
    /// Chains that drop what is passed on from one interface to another unless a rule of theirs says otherwise, and have
    /// none that accepts all of one of `bridges`: a sentence each.
    package static func obstacles(beside own: String, for bridges: [String]) -> [String] {
        guard !bridges.isEmpty, let all = try? BaseChain.all() else { return [] }
        let chains = all.filter { $0.hook == .forward && $0.drops && $0.table != own }
        return chains.flatMap { chain in
            let place = "\(chain.family) \(chain.table)"
            let rules = ForwardRules((try? Nftables.output("list table \(place)")) ?? "", chain: chain.name)
            return bridges.filter { !rules.accepts($0) }.map { bridge in
                "\(place) \(chain.name) drops what it has no rule for, the traffic of \(bridge) with it: "
                    + "nft insert rule \(place) \(chain.name) iifname \(bridge) accept, and the same with oifname"
            }
        }
    }
}

/// The rules of a chain and of those that it jumps to, as nft(8) lists them.
struct ForwardRules {
    private var rules: [[Substring]] = []

    init(_ table: String, chain: String) {
        var chains: [Substring: [[Substring]]] = [:]
        var name: Substring?
        for line in table.split(separator: "\n") {
            let words = line.split(whereSeparator: { $0.isWhitespace || $0 == "," })
            if words.first == "chain", words.count > 1 {
                name = words[1]
            } else if words == ["}"] {
                name = nil
            } else if let name {
                chains[name, default: []].append(words)
            }
        }
        var wanted = [chain[...]]
        // Each is taken out, so that none is read twice.
        while let next = wanted.popLast() {
            guard let found = chains.removeValue(forKey: next) else { continue }
            rules += found
            for words in found {
                for (word, target) in zip(words, words.dropFirst()) where word == "jump" || word == "goto" {
                    wanted.append(target)
                }
            }
        }
    }

    /// Whether all that comes from `bridge` is let through, and all that goes there.
    func accepts(_ bridge: String) -> Bool {
        ["iif", "oif"].allSatisfy { way in rules.contains { Self.accepts($0, way, bridge) } }
    }

    /// `iifname { "boxtop0", "br-*" } counter packets 7 bytes 588 accept`
    private static func accepts(_ rule: [Substring], _ way: String, _ bridge: String) -> Bool {
        guard let first = rule.first, first == way || first == way + "name" else { return false }
        let rest = rule.dropFirst()
        let names = rest.prefix { $0 == "{" || $0 == "}" || $0.hasPrefix("\"") }
        var verdict = rest.dropFirst(names.count)
        if verdict.first == "counter" { verdict = verdict.dropFirst(5) }
        return verdict.first == "accept"
            && names.contains { name in
                let name = name.drop { $0 == "\"" }.prefix { $0 != "\"" }
                return name == bridge || (name.hasSuffix("*") && bridge.hasPrefix(name.dropLast()))
            }
    }
}

extension Networks {
    /// What keeps other hosts, or the containers, from getting through this one: a sentence each.
    ///
    /// - Parameter names: of networks; absent: all that have a way out.
    package func obstacles(for names: Set<String>? = nil) -> [String] {
        let bridges = list().filter { !$0.isInternal && names?.contains($0.name) ?? true }.map(\.bridge)
        return Firewall.obstacles(beside: self.names.table, for: bridges)
    }
}
