import Linux
import Records

/// A version of the internet protocol, as the packet filter calls it.
enum ProtocolVersion: String, CaseIterable {
    case ipv4, ipv6

    /// The kernel's switch for passing packets of it on.
    private var setting: String {
        self == .ipv4 ? "/proc/sys/net/ipv4/ip_forward" : "/proc/sys/net/ipv6/conf/all/forwarding"
    }

    var isOff: Bool { Files.text(setting)?.first == "0" }

    /// The interfaces whose packets are passed on even so. IPv6 has no such thing.
    var forwardingInterfaces: [String] {
        guard self == .ipv4 else { return [] }
        let folder = "/proc/sys/net/ipv4/conf"
        return ((try? Files.names(in: folder)) ?? []).filter {
            $0 != "all" && $0 != "default" && Files.text("\(folder)/\($0)/forwarding")?.first == "1"
        }
    }

    func forward() { try? Files.write("1".utf8, to: setting) }
}

/// What the rules have been made for, and what nobody can see of them: `network.rules` in the run folder, one line.
struct RulesNote: Hashable {
    /// What boxtop itself has switched forwarding on for. The host was no router before, and is none now: of these, what
    /// has to do with no bridge is dropped.
    var closed: Set<ProtocolVersion> = []
    /// Interfaces of the host that were passed on from before: from there they are still.
    var routers: Set<String> = []
    /// See Ruleset.
    var hasBridgeFilter6 = Ruleset.filtersBridges6

    /// Absent: the rules were never made, or in another life of the host.
    static func read(_ layout: Layout) -> RulesNote? {
        let fields = (Files.text(layout.networkRules) ?? "").split(whereSeparator: \.isWhitespace)
        guard fields.count >= 3, fields[0] == Boot.id else { return nil }
        return RulesNote(
            closed: Set(fields[2].split(separator: ",").compactMap { ProtocolVersion(rawValue: String($0)) }),
            routers: Set(fields.dropFirst(3).map(String.init)), hasBridgeFilter6: fields[1] == "1")
    }

    func write(_ layout: Layout) throws(NetworkError) {
        let versions = closed.isEmpty ? "-" : closed.map(\.rawValue).sorted().joined(separator: ",")
        let fields = [Boot.id, hasBridgeFilter6 ? "1" : "0", versions] + routers.sorted()
        let line = fields.joined(separator: " ") + "\n"
        try explaining { () throws(SystemCallError) in
            // A network may be made ready before there is a container.
            try Files.makeDirectories(layout.run, mode: 0o711)
            try Files.replace(layout.networkRules, with: Array(line.utf8), mode: 0o600, durable: false)
        }
    }
}
