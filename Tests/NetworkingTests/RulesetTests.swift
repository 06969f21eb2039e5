import Records
import Testing

@testable import Networking

struct RulesetTests {
    private let names = KernelNames(Layout(state: "/tmp/rules", run: "/tmp/run", cgroupParent: "/b"))

    private func member(_ ports: [PublishedPort] = []) throws -> Member {
        Member(
            network: "back", id: String(repeating: "a", count: 64), process: 77, cable: "bxyz0", interface: "eth0",
            address4: try #require(IPAddress("10.9.0.2")), address6: IPAddress("fd00::2"), names: ["web", "www"],
            ports: ports)
    }

    @Test func `two roots on a host never meet in the kernel`() {
        let other = KernelNames(Layout(state: "/var/lib/boxtop", run: "/run/boxtop", cgroupParent: "/boxtop"))
        #expect(other.table == "boxtop")
        #expect(other.bridge(of: "boxtop") == "boxtop0")
        #expect(names.table != other.table)
        #expect(names.bridge(of: "boxtop") != names.bridge(of: "back"))
        #expect(!names.cablePrefix.hasPrefix(other.cablePrefix) && !other.cablePrefix.hasPrefix(names.cablePrefix))
        for process in [1, 4_194_303] as [Int32] {
            #expect(names.cable(of: String(repeating: "f", count: 64), process: process, number: 35).utf8.count <= 15)
        }
    }

    @Test func `a member's line reads back as it was`() throws {
        let member = try member([
            PublishedPort(.tcp, hostPort: 8_080, port: 80),
            PublishedPort(.udp, address: "::1", hostPort: 5_300, port: 53, count: 3),
        ])
        #expect(Member(member.line[...]) == member)
        #expect(Member("half a line") == nil)
    }

    @Test func `ports are elements, for each family of the container and each address that was named`() throws {
        let ruleset = Ruleset(names: names, networks: [], hasBridgeFilter6: false)
        let any = ruleset.elements(of: try member([PublishedPort(.tcp, hostPort: 8_080, port: 80, count: 2)]))
        #expect(any.contains("ports4 { tcp . 8080 : 10.9.0.2 . 80 }"))
        #expect(any.contains("ports4 { tcp . 8081 : 10.9.0.2 . 81 }"))
        #expect(any.contains("ports6 { tcp . 8081 : fd00::2 . 81 }"))
        let one = ruleset.elements(
            of: try member([PublishedPort(.udp, address: "127.0.0.1", hostPort: 53, port: 53)]))
        #expect(one.contains("bound4 { 127.0.0.1 . udp . 53 : 10.9.0.2 . 53 }"))
        #expect(!one.contains("bound6") && !one.contains("ports4"))
    }

    @Test func `elements are taken away whether they are there or not`() throws {
        let ruleset = Ruleset(names: names, networks: [], hasBridgeFilter6: false)
        let lines = ruleset.elements(of: try member(), removing: true).split(separator: "\n")
        #expect(lines.count(where: { $0.hasPrefix("add ") }) == lines.count(where: { $0.hasPrefix("delete ") }))
    }
}
