/// The rules of a chain and of those that it jumps to, as nft(8) lists them.
struct ForwardRules {
    private typealias Rule = [Substring]

    private var rules: [Rule] = []
    /// The last rule of the chain drops or refuses what comes to it.
    private(set) var endsInRefusal = false
    /// Chains of the table that let through whatever gets to their end.
    private var acceptingChains: Set<Substring> = []

    init(_ table: String, chain: String) {
        var chains: [Substring: [Rule]] = [:]
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
        acceptingChains = Set(chains.filter { $0.value.last.map { Self.verdict($0[...]) == "accept" } ?? false }.keys)
        endsInRefusal = chains[chain[...]]?.last.map { ["drop", "reject"].contains(Self.verdict($0[...])) } ?? false
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

    /// Whether all that comes from `bridge` is let through, and what answers it.
    func accepts(_ bridge: String) -> Bool {
        leaves(bridge) && (enters(bridge) || acceptsAnswers) && acceptsPublished(bridge)
    }

    /// Whether what comes for a published port is let through to `bridge`, and what answers it.
    func acceptsPublished(_ bridge: String) -> Bool {
        (enters(bridge) || acceptsRewritten) && (leaves(bridge) || acceptsAnswers)
    }

    private func leaves(_ bridge: String) -> Bool { rules.contains { accepts($0, "iif", bridge) } }

    private func enters(_ bridge: String) -> Bool { rules.contains { accepts($0, "oif", bridge) } }

    /// `ct state { established, related } accept`, `ct state vmap { established : accept, … }`
    private var acceptsAnswers: Bool {
        rules.contains { rule in
            guard rule.starts(with: ["ct", "state"]) else { return false }
            let rest = rule.dropFirst(2)
            if rest.first == "vmap" {
                let words = rest.filter { $0 != ":" }
                return zip(words, words.dropFirst()).contains { $0 == "established" && $1 == "accept" }
            }
            let states = rest.prefix { ["{", "}", "established", "related", "untracked", "new"].contains($0) }
            return states.contains("established") && Self.verdict(rest.dropFirst(states.count)) == "accept"
        }
    }

    /// `ct status dnat accept`: what comes for published ports has had its address changed by then.
    private var acceptsRewritten: Bool {
        rules.contains { $0.starts(with: ["ct", "status", "dnat"]) && Self.verdict($0.dropFirst(3)) == "accept" }
    }

    /// `iifname { "boxtop0", "br-*" } counter packets 7 bytes 588 accept`
    private func accepts(_ rule: Rule, _ way: String, _ bridge: String) -> Bool {
        guard let first = rule.first, first == way || first == way + "name" else { return false }
        let rest = rule.dropFirst()
        let names = rest.prefix { $0 == "{" || $0 == "}" || $0.hasPrefix("\"") }
        let end = rest.dropFirst(names.count)
        let verdict = Self.verdict(end)
        let isAccepting =
            verdict == "accept" || zip(end, end.dropFirst()).contains { $0 == verdict && acceptingChains.contains($1) }
        return isAccepting
            && names.contains { name in
                let name = name.drop { $0 == "\"" }.prefix { $0 != "\"" }
                return name == bridge || (name.hasSuffix("*") && bridge.hasPrefix(name.dropLast()))
            }
    }

    /// What is done with all that comes this far in a rule, `counter packets 7 bytes 588 reject with …`; `nil` where
    /// there are more conditions.
    private static func verdict(_ words: ArraySlice<Substring>) -> Substring? {
        var words = words
        while let first = words.first {
            switch first {
            case "counter": words = words.dropFirst(5)
            case "accept", "drop", "reject", "jump", "goto": return first
            default: return nil
            }
        }
        return nil
    }
}
