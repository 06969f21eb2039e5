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
        let path = "\(layout.container(id))/hosts"
        // In place, since the container has this very file mounted; a link is not followed, though none can be there.
        guard let file = try? Self.open(path, O_RDWR) else { return }
        let names = ownLines(of: id, own) + section
        // A program that appends to it meanwhile has its line: then what is there is read once more.
        for _ in 0..<8 {
            guard lseek(file.number, 0, SEEK_SET) == 0, let bytes = try? file.readAll(limit: 1 << 20) else { return }
            let new = Array(Self.replacing(in: String(decoding: bytes, as: UTF8.self), by: names).utf8)
            if new == bytes { return }
            if lseek(file.number, 0, SEEK_END) != off_t(bytes.count) { continue }
            let number = file.number
            _ = new.withUnsafeBytes { pwrite(number, $0.baseAddress, $0.count, 0) }
            ftruncate(number, off_t(new.count))
            return
        }
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
            + gatewayLines(of: id, in: first.network)
    }

    /// The names that it has for this host, at the way out of its first network.
    private func gatewayLines(of id: String, in network: String) -> String {
        let names = lines(Layout.gatewayNames, of: id)
        guard !names.isEmpty, let gateway = try? Networks(layout).find(network).gateway4 else { return "" }
        return names.map { "\(gateway)\t\($0)\n" }.joined()
    }

    /// The lines of a file of the container's folder; none where it is not there.
    private func lines(_ name: String, of id: String) -> [Substring] {
        guard let file = try? Self.open("\(layout.container(id))/\(name)", O_RDONLY),
            let bytes = try? file.readAll(limit: 1 << 20)
        else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
    }

    /// Load-bearing: a container that holds a lease on a file it has mounted, fcntl(2) F_SETLEASE, makes who opens it wait
    /// for 45 seconds, here with the lock of all networks. Its own file alone stays as it is until the next time.
    private static func open(_ path: String, _ mode: Int32) throws(SystemCallError) -> FileDescriptor {
        try FileDescriptor.open(path, flags: mode | O_NOFOLLOW | O_NONBLOCK)
    }
}
