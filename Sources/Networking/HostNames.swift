import Glibc
import Linux
import Records

/// The files /etc/hosts of containers: between two marks the names of those that are in its networks now. What is in
/// front of them was written when the container was made, what comes after them by its programs; both stay.
struct HostNames {
    static let mark = "# Names in the container's networks, kept current by boxtop:\n"
    static let endMark = "# End of the names in the container's networks.\n"

    private let layout: Layout

    init(_ layout: Layout) { self.layout = layout }

    /// Rewrites the files of all that are in one of `networks`.
    ///
    /// - Parameter own: the container that is being started, whose own name is among the rest in its file.
    func refresh(_ members: [Member], networks: Set<String>, own: String?) {
        let concerned = members.filter { networks.contains($0.network) }
        var sections: [String: String] = [:]
        for network in Set(members.filter { member in concerned.contains { $0.id == member.id } }.map(\.network)) {
            sections[network] = members.filter { $0.network == network }.map(Self.lines).joined()
        }
        for id in Set(concerned.map(\.id)) {
            let places = members.filter { $0.id == id }
            write(places.compactMap { sections[$0.network] }.joined(), for: id, own: places)
        }
    }

    /// The file of a container that is in no network any more: without the names.
    func leave(_ id: String, _ members: [Member]) {
        if !members.contains(where: { $0.id == id }) { write("", for: id, own: []) }
    }

    /// A container's name first, so that looking its address up gives that.
    private static func lines(of member: Member) -> String {
        let names = member.names.joined(separator: " ")
        return "\(member.address4)\t\(names)\n" + (member.address6.map { "\($0)\t\(names)\n" } ?? "")
    }

    private func write(_ section: String, for id: String, own: [Member]) {
        let names = ownLines(of: id, own) + section
        MountedFile.rewrite("\(layout.container(id))/hosts") { Self.replacing(in: $0, by: names) }
    }

    /// `text` with `names` between the marks. Without the second one, all behind the first is the names' (it was written
    /// by a boxtop that had no second).
    static func replacing(in text: String, by names: String) -> String {
        let section = mark + names + endMark
        guard let begin = text.firstRange(of: mark) else {
            return text + (text.isEmpty || text.hasSuffix("\n") ? "" : "\n") + section
        }
        let rest = text[begin.upperBound...]
        return text[..<begin.lowerBound] + section + (rest.firstRange(of: endMark).map { rest[$0.upperBound...] } ?? "")
    }

    private func ownLines(of id: String, _ own: [Member]) -> String {
        guard let first = own.first, let hostname = lines("hostname", of: id).first else { return "" }
        // The whole name first, so that looking the short one up gives it.
        let names = lines("domainname", of: id).first.map { "\(hostname).\($0) \(hostname)" } ?? hostname
        return "\(first.address4)\t\(names)\n" + (first.address6.map { "\($0)\t\(names)\n" } ?? "")
            + gatewayLines(of: id, own)
    }

    /// The names that it has for this host, at the way out of the network by which that is in reach.
    private func gatewayLines(of id: String, _ own: [Member]) -> String {
        let names = lines(Layout.gatewayNames, of: id)
        if names.isEmpty { return "" }
        let networks = own.compactMap { try? Networks(layout).find($0.network) }
        guard let way = networks.wayIn else { return "" }
        return names.map { "\(networks[way].gateway4)\t\($0)\n" }.joined()
    }

    /// The lines of a file of the container's folder; none where it is not there.
    private func lines(_ name: String, of id: String) -> [Substring] {
        guard let file = try? MountedFile.open("\(layout.container(id))/\(name)", O_RDONLY),
            let bytes = try? file.readAll(limit: 1 << 20)
        else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
    }
}
