import Testing

@testable import Networking

struct HostNamesTests {
    private static let names = "10.9.0.2\tweb\n"
    private static let section = HostNames.mark + names + HostNames.endMark

    @Test(
        arguments: [
            ("a\n", "a\n" + section), ("", section), ("no end", "no end\n" + section),
            ("a\n" + HostNames.mark + "old\n" + HostNames.endMark + "b\nc", "a\n" + section + "b\nc"),
            // As it was written before there was a second mark.
            ("a\n" + HostNames.mark + "old\n", "a\n" + section),
            ("b\n" + HostNames.endMark + "a\n", "b\n" + HostNames.endMark + "a\n" + section),
        ] as [(String, String)])
    func `what is not between the marks stays`(text: String, result: String) {
        #expect(HostNames.replacing(in: text, by: Self.names) == result)
    }
}

/// Messages as the kernel sends them, of what `nft list chains` calls `inet boxtop forward`, `ip filter FORWARD`, and one
/// that nothing but jumps comes to.
struct BaseChainTests {
    private static func attribute(_ kind: UInt16, _ payload: [UInt8]) -> [UInt8] {
        withUnsafeBytes(of: UInt16(4 + payload.count)) { Array($0) } + withUnsafeBytes(of: kind) { Array($0) } + payload
            + [UInt8](repeating: 0, count: (4 - payload.count % 4) % 4)
    }

    private static func message(_ kind: UInt16, _ content: [UInt8]) -> [UInt8] {
        withUnsafeBytes(of: UInt32(16 + content.count)) { Array($0) } + withUnsafeBytes(of: kind) { Array($0) }
            + [UInt8](repeating: 0, count: 10) + content
    }

    private static func chain(
        _ family: UInt8, _ table: String, _ name: String, hook: UInt8?, policy: UInt8 = 1
    ) -> [UInt8] {
        var content: [UInt8] = [family, 0, 0, 0] + attribute(1, Array(table.utf8) + [0])
        content += attribute(3, Array(name.utf8) + [0])
        if let hook {
            content += attribute(0x8004, attribute(1, [0, 0, 0, hook])) + attribute(5, [0, 0, 0, policy])
        }
        return message(0x0A03, content)
    }

    private static func read(_ bytes: ArraySlice<UInt8>, into chains: inout [BaseChain]) -> Bool {
        NetlinkMessages.read(bytes) { if let chain = BaseChain(kind: $0, $1) { chains.append(chain) } }
    }

    @Test func `chains are read with their hook and policy, until the end`() {
        let bytes =
            Self.chain(1, "boxtop", "forward", hook: 2) + Self.chain(2, "filter", "FORWARD", hook: 2, policy: 0)
            + Self.chain(2, "filter", "jumped", hook: nil) + Self.chain(7, "b", "f", hook: 2, policy: 0)
        var chains: [BaseChain] = []
        #expect(Self.read(bytes[...], into: &chains))
        #expect(chains.map { "\($0.family) \($0.table) \($0.name)" } == ["inet boxtop forward", "ip filter FORWARD"])
        #expect(chains.map(\.hook) == [.forward, .forward] && chains.map(\.drops) == [false, true])
        let end = Self.message(3, [0, 0, 0, 0])
        #expect(!Self.read((Self.chain(10, "t", "c", hook: 0) + end)[...], into: &chains))
        #expect(chains.last?.family == "ip6" && chains.last?.hook == .prerouting)
    }

    @Test func `whatever is cut off or of no sense is left out`() {
        let whole = Self.chain(2, "filter", "FORWARD", hook: 2, policy: 0)
        for length in 0..<whole.count {
            var chains: [BaseChain] = []
            _ = Self.read(whole[..<length], into: &chains)
            #expect(chains.isEmpty)
            // With a length of its own that is right.
            var cut = Array(whole[..<length])
            if length >= 16 { cut.replaceSubrange(0..<4, with: withUnsafeBytes(of: UInt32(length)) { Array($0) }) }
            _ = Self.read(cut[...], into: &chains)
        }
        var chains: [BaseChain] = []
        for hook in [UInt8(5), 255] {
            _ = Self.read(Self.chain(2, "t", "c", hook: hook)[...], into: &chains)
        }
        #expect(chains.isEmpty)
    }
}

struct ForwardRulesTests {
    private func accepts(_ rules: String, _ bridge: String = "boxtop0") -> Bool {
        let table =
            "table ip filter {\n\tchain INPUT {\n\t\tiifname \"x0\" accept\n\t\toifname \"x0\" accept\n\t}\n"
            + "\tchain users {\n\t\tiifname \"u0\" accept\n\t\toifname \"u0\" accept\n\t\tjump FORWARD\n\t}\n"
            + "\tchain FORWARD {\n\t\ttype filter hook forward priority filter; policy drop;\n\(rules)\n\t}\n}\n"
        return ForwardRules(table, chain: "FORWARD").accepts(bridge)
    }

    @Test(
        arguments: [
            ("iifname \"boxtop0\" accept\noifname \"boxtop0\" accept", true),
            ("iif \"boxtop0\" counter packets 7 bytes 588 accept\noif \"boxtop0\" accept comment \"mine\"", true),
            ("iifname { \"eth0\", \"boxtop0\" } accept\noifname \"boxt*\" accept", true),
            ("iifname \"boxtop0\" accept", false), ("oifname \"boxtop0\" accept", false),
            ("iifname \"boxtop0\" tcp dport 80 accept\noifname \"boxtop0\" accept", false),
            ("iifname \"boxtop0\" drop\noifname \"boxtop0\" accept", false),
            ("iifname != \"boxtop0\" accept\noifname \"boxtop0\" accept", false), ("", false),
        ] as [(String, Bool)])
    func `only what lets all of a bridge through, both ways, does`(rules: String, isThrough: Bool) {
        #expect(accepts(rules) == isThrough)
    }

    /// As firewalld has them, with what `--add-interface` adds to its zone.
    @Test(
        arguments: [
            ("iifname \"boxtop0\" goto trusted", true, true), ("iifname \"boxtop0\" goto public", false, true),
            ("oifname \"boxtop0\" accept", false, true), ("", false, true),
        ] as [(String, Bool, Bool)])
    func `a chain that lets all through counts for what is led there, and answers and ports by rules of their own`(
        rule: String, isThrough: Bool, isPublished: Bool
    ) {
        let table =
            "table inet firewalld {\n\tchain trusted {\n\t\tjump more\n\t\taccept\n\t}\n"
            + "\tchain public {\n\t\taccept\n\t\treject with icmpx admin-prohibited\n\t}\n"
            + "\tchain zones {\n\t\t\(rule)\n\t}\n\tchain pass {\n\t\tct state { established, related } accept\n"
            + "\t\tct status dnat accept\n\t\tjump zones\n\t\treject with icmpx admin-prohibited\n\t}\n}\n"
        let rules = ForwardRules(table, chain: "pass")
        #expect(rules.endsInRefusal)
        #expect(rules.accepts("boxtop0") == isThrough && rules.acceptsPublished("boxtop0") == isPublished)
    }

    @Test(
        arguments: [
            ("ct state vmap { invalid : drop, established : accept, related : accept }", true),
            ("ct state related,established counter packets 1 bytes 2 accept", true),
            ("ct state new accept", false), ("ct state established tcp dport 80 accept", false),
            ("ct state vmap { established : drop, related : accept }", false),
        ] as [(String, Bool)])
    func `answers are let through by rules for them`(rule: String, isThrough: Bool) {
        #expect(accepts("\(rule)\nct status dnat accept\niifname \"boxtop0\" accept") == isThrough)
    }

    @Test func `rules of chains that it jumps to count, those of others do not`() {
        #expect(accepts("ct state new jump users", "u0"))
        #expect(!accepts("", "u0"))
        #expect(!accepts("jump users", "x0"))
    }
}
