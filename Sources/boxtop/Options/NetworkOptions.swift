import ArgumentParser
import Containers
import Flags
import Glibc
import Linux
import Networking
import Records

/// Which networks the container is in, what of it is published, and how names are found in it.
struct NetworkOptions: ParsableArguments {
    @Option(
        name: [.customLong("network"), .customLong("net")],
        help: "A network, with ,ip=ADDRESS or ,alias=NAME where wanted; none, host, container:NAME or pasta.")
    var networks: [String] = []
    @Option(
        name: .joined("p", "publish"),
        help: "A port of the host, or the first free of a range, that leads in: [ADDRESS:]HOST:CONTAINER[/udp].")
    var publish: [String] = []
    @Flag(name: [.customShort("P"), .customLong("publish-all")], help: "Publish the image's ports at free ones.")
    var publishAll = false
    @Option(name: .long, help: "A port that it listens at, for -P: 80, 53/udp or 8000-8010.")
    var expose: [String] = []
    @Option(name: .customLong("network-alias"), help: "A further name that others of its networks find it by.")
    var aliases: [String] = []
    @Option(name: .customLong("ip"), help: "Its IPv4 address in its first network.")
    var address4: String?
    @Option(name: .customLong("ip6"), help: "Its IPv6 address in its first network.")
    var address6: String?
    @Option(name: .customLong("mac-address"), help: "The MAC address of its interface there: 02:42:ac:11:00:02.")
    var mac: String?
    @Option(
        name: .customLong("add-host"), help: "A line of /etc/hosts: NAME:ADDRESS, or NAME:host-gateway for this host.")
    var hosts: [String] = []
    @Option(name: .long, help: "The address of a name server.")
    var dns: [String] = []
    @Option(name: .customLong("dns-search"), help: "A domain that short names are looked for in.")
    var searchDomains: [String] = []
    @Option(
        name: [.customLong("dns-option"), .customLong("dns-opt")],
        help: "How it looks for names, as resolv.conf has it: ndots:1.")
    var resolverOptions: [String] = []

    func apply(to new: inout NewContainer, in context: Context) throws {
        let (networks, address4, address6) = (networks.filter { !$0.isEmpty }, address4.given, address6.given)
        let mac = try mac.given.map { try FlagValue("--mac-address", $0).parsed(by: Parse.macAddress) }
        new.ports = try publish.map { try FlagValue("--publish", $0).parsed(by: Parse.port) }
        new.publishesAll = publishAll
        for text in expose { _ = try Port.wanted(text, as: "--expose", mayBeRange: true) }
        new.exposedPorts = expose
        new.extraHosts = try hosts.map { try FlagValue("--add-host", $0).parsed(by: Parse.host) }
        new.nameServers = dns
        new.searchDomains = searchDomains
        new.resolverOptions = resolverOptions
        let flags = [
            ("--publish", !publish.isEmpty), ("--publish-all", publishAll), ("--network-alias", !aliases.isEmpty),
            ("--ip", address4 != nil), ("--ip6", address6 != nil),
            ("--mac-address", mac != nil),
        ]
        new.network =
            try networks.isEmpty
            ? context.usualNetwork(neededBy: flags.first(where: \.1)?.0)
            : networks.map(network).reduce(nil, joined) ?? .none
        guard !aliases.isEmpty || address4 != nil || address6 != nil || mac != nil else { return }
        guard case .bridges(var attachments) = new.network, !attachments.isEmpty else {
            throw Failure(
                "--network-alias, --ip and --mac-address are for containers in a network: add --network NAME")
        }
        for alias in aliases where !Parse.isHostname(alias) {
            throw FlagValue("--network-alias", alias).refused("is no name: letters, digits, - and .")
        }
        for index in attachments.indices { attachments[index].aliases += aliases }
        if let address4 { attachments[0].address4 = try address("--ip", address4, isIPv6: false) }
        if let address6 { attachments[0].address6 = try address("--ip6", address6, isIPv6: true) }
        if let mac { attachments[0].mac = mac }
        new.network = .bridges(attachments)
    }

    private func network(_ text: String) throws -> Network {
        try FlagValue("--network", text).parsed(by: Parse.network)
    }

    /// Several networks are one wish; anything else stands alone.
    private func joined(_ all: Network?, _ next: Network) throws -> Network? {
        switch (all, next) {
        case (nil, _): return next
        case (.bridges(let a)?, .bridges(let b)): return .bridges(a + b)
        default: throw Failure("--network: none, host, container:NAME and pasta stand alone; give one of them")
        }
    }

    private func address(_ flag: String, _ text: String, isIPv6: Bool) throws -> String {
        guard let address = IPAddress(text), address.isIPv6 == isIPv6 else {
            throw FlagValue(flag, text).refused("is no address of \(isIPv6 ? "IPv6" : "IPv4")")
        }
        return "\(address)"
    }
}

extension Context {
    /// The network of a container that nothing else was asked for: what `BOXTOP_NETWORK` names, else the usual one. Where
    /// that cannot be, a line says why, and the container has its own loopback alone.
    ///
    /// - Parameter flag: what was asked for that only a network gives.
    func usualNetwork(neededBy flag: String?) throws -> Network {
        if let name = environment["BOXTOP_NETWORK"], !name.isEmpty {
            if let flag, name == "none" {
                throw Failure("\(flag) needs a network, and BOXTOP_NETWORK is none: add --network boxtop")
            }
            return try FlagValue("BOXTOP_NETWORK", name).parsed(by: Parse.network)
        }
        if geteuid() != 0 {
            guard Pasta.path(environment) != nil else {
                return try without(
                    "pasta is not installed, which connects containers without root: apt install passt", flag)
            }
            guard access("/dev/net/tun", R_OK | W_OK) == 0 else {
                return try without(
                    "pasta connects containers without root, and user \(geteuid()) may not open /dev/net/tun for it: "
                        + "as root, modprobe tun and chmod 666 /dev/net/tun", flag)
            }
            return .user
        }
        do throws(NetworkError) {
            let network = try networks.defaultNetwork()
            try networks.makeReady(network)
            return .bridges([NetworkAttachment(network.name)])
        } catch {
            return try without(error.description, flag)
        }
    }

    private func without(_ reason: String, _ flag: String?) throws -> Network {
        if flag != nil { throw Failure(reason, code: 125) }
        Stream.error.say("boxtop: the container has no network but its own loopback (--network none): \(reason)")
        return .none
    }
}
