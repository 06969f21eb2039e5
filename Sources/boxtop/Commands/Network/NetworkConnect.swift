import ArgumentParser
import Containers
import Flags
import Records

struct NetworkConnect: Verb {
    static let configuration = CommandConfiguration.networkVerb(
        "connect", "Put a container into a further network, at once where it runs.",
        example: "boxtop network connect --alias db back postgres", usage: "[<options>] NETWORK CONTAINER")

    @Option(name: .long, help: "A further name that others of the network find it by.")
    var alias: [String] = []
    @Option(name: .customLong("ip"), help: "Its IPv4 address there.")
    var address4: String?
    @Option(name: .customLong("ip6"), help: "Its IPv6 address there.")
    var address6: String?
    @Option(name: .customLong("mac-address"), help: "The MAC address of its interface there.")
    var mac: String?
    @Argument(help: "The network.", completion: .networks) var network: String
    @Argument(help: "Name or id.", completion: .containers) var container: String

    func run(in context: Context) throws -> Int32 {
        let options =
            [network] + alias.map { "alias=\($0)" }
            + [
                address4.map { "ip=\($0)" }, address6.map { "ip6=\($0)" }, mac.map { "mac-address=\($0)" },
            ].compactMap { $0 }
        let parsed = try FlagValue("network connect", options.joined(separator: ",")).parsed(by: Parse.network)
        guard case .bridges(let attachments) = parsed, let attachment = attachments.first else {
            throw Failure("“\(network)” is no network that a container can be put into")
        }
        try context.containers().connect(container, to: attachment)
        return 0
    }
}

struct NetworkDisconnect: Verb {
    static let configuration = CommandConfiguration.networkVerb(
        "disconnect", "Take a container out of a network, at once where it runs.",
        example: "boxtop network disconnect back postgres", usage: "[-f] NETWORK CONTAINER")

    @Flag(name: [.short, .long], help: "Accepted for docker's users: it is at once in any case.")
    var force = false
    @Argument(help: "The network.", completion: .networks) var network: String
    @Argument(help: "Name or id.", completion: .containers) var container: String

    func run(in context: Context) throws -> Int32 {
        try context.containers().disconnect(container, from: network)
        return 0
    }
}
