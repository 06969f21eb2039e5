import ArgumentParser
import Containers
import Networking

/// `boxtop network …`: what is done with networks.
struct NetworkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "network", _superCommandName: "boxtop",
        abstract: "Make, list, look at, change, repair and remove networks of containers.",
        discussion: "EXAMPLE: boxtop network create --internal back",
        subcommands: [
            NetworkCreate.self, NetworkLs.self, NetworkInspect.self, NetworkConnect.self, NetworkDisconnect.self,
            NetworkRm.self, NetworkPrune.self, NetworkRepair.self,
        ])
}

extension NetworkError: SentenceError {}

extension CommandConfiguration {
    /// A verb's of `boxtop network`.
    static func networkVerb(
        _ name: String, _ abstract: String, example: String, usage: String? = nil, discussion: String = "",
        aliases: [String] = []
    ) -> CommandConfiguration {
        .verb(
            name, abstract, example: example, usage: usage, discussion: discussion, aliases: aliases,
            group: "boxtop network")
    }
}

extension CompletionKind {
    /// Names of networks.
    static var networks: CompletionKind { .shellCommand("boxtop network ls -q 2>/dev/null") }
}

extension Context {
    var networks: Networks { Networks(layout) }
}
