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
        var member = try member([
            PublishedPort(.tcp, hostPort: 8_080, port: 80),
            PublishedPort(.udp, address: "::1", hostPort: 5_300, port: 53, count: 3),
        ])
        #expect(Member(member.line[...]) == member)
        member.mac = try #require(MACAddress("02:42:ac:11:00:02"))
        #expect(Member(member.line[...]) == member)
        #expect(Member("half a line") == nil)
    }

    @Test func `ports are elements, for each family of the container and each address that was named`() throws {
        let any = try elements([PublishedPort(.tcp, hostPort: 8_080, port: 80, count: 2)])
        #expect(any.contains("add element inet \(names.table) ports4 { tcp . 8080 : 10.9.0.2 . 80 }\n"))
        #expect(any.contains("ports4 { tcp . 8081 : 10.9.0.2 . 81 }"))
        #expect(any.contains("ports6 { tcp . 8081 : fd00::2 . 81 }"))
        let one = try elements([PublishedPort(.udp, address: "127.0.0.1", hostPort: 53, port: 53)])
        #expect(one.contains("bound4 { 127.0.0.1 . udp . 53 : 10.9.0.2 . 53 }"))
        #expect(!one.contains("bound6") && !one.contains("ports4"))
    }

    private func elements(_ ports: [PublishedPort]) throws -> String {
        try member(ports).elements.map { $0.adding(to: names.table) }.joined()
    }

    @Test func `elements are taken away whether they are there or not`() throws {
        let elements = try member([PublishedPort(.tcp, hostPort: 8_080, port: 80)]).elements
        var batch = NetfilterBatch(table: names.table)
        for element in elements { batch.remove(element) }
        // Each is added first, so that none is missing: NFT_MSG_NEWSETELEM, NFT_MSG_DELSETELEM, after the batch's begin.
        #expect(kinds(batch.bytes) == [0x10] + elements.flatMap { _ in [0x0A0C, 0x0A0E] as [UInt16] })
    }

    /// Of the messages of netlink in `bytes`, by the lengths that they begin with.
    private func kinds(_ bytes: [UInt8]) -> [UInt16] {
        var kinds: [UInt16] = []
        var start = 0
        bytes.withUnsafeBytes { bytes in
            while start < bytes.count {
                kinds.append(bytes.loadUnaligned(fromByteOffset: start + 4, as: UInt16.self))
                start += Int(bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self))
            }
        }
        return start == bytes.count ? kinds : []
    }

    @Test func `each part of a key fills words of four bytes, in network order`() throws {
        let address = try #require(IPAddress("10.9.0.2"))
        let fields: [SetElement.Field] = [
            .interface("bxyz0"), .mac(MACAddress(for: address)), .address(address), .transport(.udp), .port(8_080),
        ]
        let expected: [UInt8] =
            Array("bxyz0".utf8) + [UInt8](repeating: 0, count: 11) + [2, 0xBC, 10, 9, 0, 2, 0, 0] + [10, 9, 0, 2]
            + [17, 0, 0, 0] + [0x1F, 0x90, 0, 0]
        #expect(fields.flatMap(\.bytes) == expected)
    }
}
