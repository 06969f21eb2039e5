import ArgumentParser
import Containers
import Flags
import Networking

struct NetworkCreate: Verb {
    static let configuration = CommandConfiguration.networkVerb(
        "create", "Make a network and print its name.",
        example: "boxtop network create --subnet 10.9.0.0/24 --ipv6 back", usage: "[<options>] NAME",
        discussion: "Its bridge comes with its first container, and its containers find each other by name.")

    @Option(name: .long, help: "Its addresses, as in 10.9.0.0/24; one of IPv4 and one of IPv6.")
    var subnet: [String] = []
    @Option(name: .long, help: "The host's own address in it; else the first of the subnet.")
    var gateway: [String] = []
    @Option(name: .customLong("ip-range"), help: "The part of a subnet that containers get addresses of.")
    var range: [String] = []
    @Flag(name: .long, help: "No way out of it, nor to the host's services.")
    var `internal` = false
    @Flag(name: .long, help: "Containers can always be put into it: for scripts that say so.")
    var attachable = false
    @Flag(name: .customLong("ipv6"), help: "Addresses of IPv6 as well.")
    var ipv6 = false
    @Option(name: .long, help: "Bytes of a packet at most; else 9000 within it, 1500 out of it.")
    var mtu: String?
    @Option(name: .joined("d", "driver"), help: "bridge: there is no other.")
    var driver = "bridge"
    @Option(name: .joined("o", "opt"), help: "com.docker.network.driver.mtu=N, which is --mtu.")
    var options: [String] = []
    @Option(name: .joined("l", "label"), help: "KEY=VALUE.")
    var labels: [String] = []
    @Argument(help: "Its name.") var name: String

    func run(in context: Context) throws -> Int32 {
        guard driver == "bridge" else {
            throw FlagValue("--driver", driver).refused("is not there: networks are bridges")
        }
        var new = NewNetwork(name)
        new.subnets = try subnet.map { try Self.subnet("--subnet", $0) }
        new.ranges = try range.map { try Self.subnet("--ip-range", $0) }
        new.gateways = try gateway.map { text in
            guard let address = IPAddress(text) else {
                throw FlagValue("--gateway", text).refused("is no address")
            }
            return address
        }
        new.isInternal = `internal`
        new.ipv6 = ipv6
        new.mtu = try (mtu ?? mtuOption()).map { UInt32(try FlagValue("--mtu", $0).number(in: 1...65_535)) }
        for text in labels {
            let pair = try FlagValue("--label", text).parsed(by: Parse.label)
            new.labels[pair.key] = pair.value
        }
        Stream.output.say(try context.networks.create(new).name)
        return 0
    }

    private static func subnet(_ flag: String, _ text: String) throws -> Subnet {
        guard let subnet = Subnet(text) else {
            throw FlagValue(flag, text).refused("is no subnet: write it as in 10.9.0.0/24")
        }
        return subnet
    }

    /// What docker has for it, the only one of its options that is there.
    private func mtuOption() throws -> String? {
        var mtu: String?
        for text in options {
            let prefix = "com.docker.network.driver.mtu="
            guard text.hasPrefix(prefix) else {
                throw FlagValue("--opt", text).refused("is not there: \(prefix)N is")
            }
            mtu = String(text.dropFirst(prefix.count))
        }
        return mtu
    }
}
