import Linux
import Records
import Testing

@testable import Networking

/// Flows as the kernel lists them: who sends, to which address and port, and who answers.
struct StaleFlowTests {
    private func tuple(_ from: String, _ fromPort: UInt16, _ to: String, _ toPort: UInt16, _ transport: UInt8)
        -> NetlinkAttributes
    {
        var tuple = NetlinkAttributes()
        tuple.nest(1) { addresses in
            let first: UInt16 = from.contains(":") ? 3 : 1
            addresses.attribute(first, IPAddress(from)?.bytes ?? [])
            addresses.attribute(first + 1, IPAddress(to)?.bytes ?? [])
        }
        tuple.nest(2) { ports in
            ports.attribute(1, [transport])
            ports.attribute(2, fromPort.bigEndian.nativeBytes)
            ports.attribute(3, toPort.bigEndian.nativeBytes)
        }
        return tuple
    }

    private func content(
        to: String, _ port: UInt16, answeredBy target: String, _ targetPort: UInt16, transport: UInt8 = 17
    ) -> [UInt8] {
        let client = to.contains(":") ? "2001:db8::2" : "192.0.2.2"
        var content = NetlinkAttributes()
        content.attribute(1 | 0x8000, tuple(client, 4_000, to, port, transport).bytes)
        content.attribute(2 | 0x8000, tuple(target, targetPort, client, 4_000, transport).bytes)
        content.attribute(18, [0, 7])
        return [to.contains(":") ? 10 : 2, 0, 0, 0] + content.bytes
    }

    private func member(_ address: String, _ ports: [PublishedPort]) throws -> Member {
        Member(
            network: "back", id: "aa", process: 77, cable: "b0", interface: "eth0",
            address4: try #require(IPAddress(address)), address6: IPAddress("fd00::2"), names: ["web"], ports: ports)
    }

    @Test(
        arguments: [
            ("192.0.2.1", 5_300, "192.0.2.1", 5_300, true), ("192.0.2.1", 5_300, "10.9.0.9", 53, true),
            ("192.0.2.1", 5_300, "10.9.0.2", 53, false), ("192.0.2.1", 5_301, "10.9.0.2", 54, false),
            ("192.0.2.1", 5_301, "10.9.0.2", 53, true), ("127.0.0.1", 5_300, "127.0.0.1", 5_300, true),
            // What this host passes on to others, or to other ports, is nobody's here.
            ("198.51.100.1", 5_300, "198.51.100.1", 5_300, false), ("192.0.2.1", 5_302, "10.9.0.9", 53, false),
            ("192.0.2.1", 600, "10.9.0.9", 53, false), ("127.0.0.1", 600, "10.9.0.9", 53, true),
            ("2001:db8::1", 5_300, "fd00::2", 53, false), ("2001:db8::1", 5_300, "fd00::9", 53, true),
        ] as [(String, UInt16, String, UInt16, Bool)])
    func `a flow to a port that leads elsewhere now is stale`(
        to: String, port: UInt16, target: String, targetPort: UInt16, isStale: Bool
    ) throws {
        let flow = try #require(Flow(content(to: to, port, answeredBy: target, targetPort)[...]))
        let ports = [
            PublishedPort(.udp, hostPort: 5_300, port: 53, count: 2),
            PublishedPort(.udp, address: "127.0.0.1", hostPort: 600, port: 60),
            PublishedPort(.tcp, hostPort: 5_302, port: 53),
        ]
        let arrived = StaleFlows(arriving: [try member("10.9.0.2", ports)], leaving: [])
        #expect(arrived.isStale(flow) { $0.isLoopback || ["192.0.2.1", "2001:db8::1"].contains("\($0)") } == isStale)
    }

    @Test func `of who leaves, the flows that lead there are, and no others`() throws {
        let leaving = StaleFlows(
            arriving: [], leaving: [try member("10.9.0.2", [PublishedPort(.udp, hostPort: 5_300, port: 53)])])
        for (target, isStale) in [("10.9.0.2", true), ("10.9.0.3", false)] {
            let flow = try #require(Flow(content(to: "192.0.2.1", 5_300, answeredBy: target, 53)[...]))
            #expect(leaving.isStale(flow) { _ in true } == isStale)
        }
    }

    @Test func `what is cut off, or is no UDP, is no flow; messages are cut between two of them`() throws {
        let whole = content(to: "192.0.2.1", 5_300, answeredBy: "10.9.0.2", 53)
        for length in 0..<(whole.count - 8) { #expect(Flow(whole[..<length]) == nil) }
        #expect(Flow(content(to: "192.0.2.1", 5_300, answeredBy: "10.9.0.2", 53, transport: 6)[...]) == nil)
        let flow = try #require(Flow(whole[...]))
        let many = (0..<2_000).flatMap { _ in flow.deletion }
        let parts = Flow.parts(of: many)
        #expect(parts.count > 1 && Array(parts.joined()) == many)
        #expect(parts.allSatisfy { $0.count <= 64 << 10 && $0.count % flow.deletion.count == 0 })
        #expect(Flow.parts(of: []).isEmpty)
    }
}

/// Rules as the kernel lists them: what they compare, and do.
struct LastRuleTests {
    private func refusesAll(_ expressions: [(String, (inout NetlinkAttributes) -> Void)]) -> Bool {
        var rule = NetlinkAttributes()
        for (name, data) in expressions {
            rule.nest(1) { expression in
                expression.attribute(1, Array(name.utf8) + [0])
                expression.nest(2, data)
            }
        }
        return BaseChain.refusesAll(rule.bytes[...])
    }

    private func verdict(_ number: UInt32) -> (String, (inout NetlinkAttributes) -> Void) {
        (
            "immediate",
            { data in
                data.attribute(1, [0, 0, 0, 0])
                data.nest(2) { $0.nest(2) { $0.attribute(1, number.bigEndian.nativeBytes) } }
            }
        )
    }

    @Test func `only a rule without a condition that drops or rejects does so with everything`() {
        let counter: (String, (inout NetlinkAttributes) -> Void) = ("counter", { _ in })
        func target(_ name: String) -> (String, (inout NetlinkAttributes) -> Void) {
            ("target", { $0.attribute(1, Array(name.utf8) + [0]) })
        }
        for rule in [[verdict(0)], [counter, verdict(0)], [("reject", { _ in })], [counter, target("REJECT")]] {
            #expect(refusesAll(rule))
        }
        for rule in [[], [counter], [verdict(1)], [("meta", { _ in }), verdict(0)], [target("LOG")]] {
            #expect(!refusesAll(rule))
        }
    }
}
