import JSON
import Linux
import Testing

@testable import Networking

struct AddressTests {
    @Test(
        arguments: [
            ("10.180.0.0/22", "10.180.3.255", true), ("10.180.0.0/22", "10.180.4.0", false),
            ("10.180.1.7/22", "10.180.0.1", true), ("fd00:1::/64", "fd00:1::ffff", true),
            ("fd00:1::/64", "fd00:1:0:1::", false), ("10.0.0.0/8", "fd00::1", false),
        ] as [(String, String, Bool)])
    func `a subnet knows its addresses`(subnet: String, address: String, isInside: Bool) throws {
        let subnet = try #require(Subnet(subnet))
        #expect(subnet.contains(try #require(IPAddress(address))) == isInside)
    }

    @Test(arguments: ["", "10.0.0.0", "10.0.0.0/33", "10.0.0.0/0", "10.0.0/24", "x/24", "fd00::/129", "10.0.0.0/-1"])
    func `what is no subnet is none`(text: String) { #expect(Subnet(text) == nil) }

    @Test(
        arguments: [
            ("10.180.0.0/22", "10.180.0.0/16", true), ("10.180.0.0/22", "10.180.4.0/22", false),
            ("10.0.0.0/8", "10.9.0.0/16", true), ("fd00::/64", "10.0.0.0/8", false),
        ] as [(String, String, Bool)])
    func `overlaps are found either way`(one: String, other: String, overlap: Bool) throws {
        let (one, other) = (try #require(Subnet(one)), try #require(Subnet(other)))
        #expect(one.overlaps(other) == overlap)
        #expect(other.overlaps(one) == overlap)
    }

    @Test func `addresses are counted over all their bytes`() throws {
        let subnet = try #require(Subnet("10.180.0.0/22"))
        #expect("\(subnet.address(1))" == "10.180.0.1")
        #expect("\(subnet.address(300))" == "10.180.1.44")
        #expect(!subnet.isUsable(subnet.address(0)))
        #expect(!subnet.isUsable(subnet.address(1_023)))
        #expect("\(try #require(Subnet("fd00::/64")).address(1_000))" == "fd00::3e8")
    }

    private func plan(near: [String] = [], routes: [String] = []) -> AddressPlan {
        AddressPlan(others: [], near: near.compactMap { Subnet($0) }, routes: routes.compactMap { Subnet($0) })
    }

    @Test(
        arguments: [
            ([], "10.180.0.0/22"), (["0.0.0.0/1", "128.0.0.0/1"], "10.180.0.0/22"),
            (["10.180.0.0/23", "10.180.6.0/24"], "10.180.8.0/22"), (["10.0.0.0/8"], "172.16.0.0/22"),
            (["10.128.0.0/9", "172.16.0.0/13"], "172.24.0.0/22"),
            (["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"], "10.180.0.0/22"),
            (["10.180.0.0/14", "172.16.0.0/12", "192.168.0.0/16"], nil),
        ] as [([String], String?)])
    func `a network gets a subnet that nothing leads to, or only what leads to nearly everything`(
        routes: [String], expected: String?
    ) throws {
        if let expected {
            #expect(try plan(routes: routes).network(NewNetwork("back"), bridge: "b").subnet4 == expected)
        } else {
            let error = #expect(throws: NetworkError.self) {
                try plan(routes: routes).network(NewNetwork("back"), bridge: "b")
            }
            #expect(error?.description.contains("boxtop network create --subnet 10.9.0.0/24 back") ?? false)
        }
    }

    @Test(
        arguments: [
            ("10.9.0.0/24", true), ("192.0.2.0/25", false), ("10.7.0.0/16", false), ("10.7.5.0/24", true),
            ("10.7.0.0/20", false),
        ] as [(String, Bool)])
    func `a subnet that is asked for may lie in what a broader route leads to, and in nothing of the host's own`(
        subnet: String, isTaken: Bool
    ) throws {
        var new = NewNetwork("back")
        new.subnets = [try #require(Subnet(subnet))]
        let plan = plan(near: ["192.0.2.0/24"], routes: ["10.0.0.0/8", "0.0.0.0/1", "10.7.0.0/20"])
        #expect((try? plan.network(new, bridge: "b").subnet4) == (isTaken ? subnet : nil))
    }

    @Test func `an interface's address on its cable follows from its IPv4 address`() throws {
        let mac = MACAddress(for: try #require(IPAddress("10.99.0.5")))
        #expect("\(mac)" == "02:bc:0a:63:00:05")
        #expect("\(mac.linkLocal)" == "fe80::bc:aff:fe63:5")
    }

    @Test func `a network that is read by hand is the one that Codable writes`() throws {
        var network = BridgeNetwork(
            name: "back", created: .now, bridge: "bt0", subnet4: "10.9.0.0/24", gateway4: "10.9.0.1", isInternal: true)
        for _ in 0..<2 {
            let bytes = try JSON.encode(network)
            let read = try Node.read(bytes) { node throws(JSONError) in try BridgeNetwork(node) }
            #expect(try JSON.encode(read) == bytes)
            (network.subnet6, network.gateway6, network.mtu) = ("fd00::/64", "fd00::1", 1_400)
            (network.isInternal, network.labels) = (false, ["a": "b"])
        }
    }
}
