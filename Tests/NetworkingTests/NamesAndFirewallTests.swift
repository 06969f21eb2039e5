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

    @Test func `rules of chains that it jumps to count, those of others do not`() {
        #expect(accepts("ct state new jump users", "u0"))
        #expect(!accepts("", "u0"))
        #expect(!accepts("jump users", "x0"))
    }
}
