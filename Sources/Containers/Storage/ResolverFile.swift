import Glibc
import Linux
import Networking
import Records

/// A container's own `/etc/resolv.conf`: the host's, with what was asked for in its place. It is made anew at each start,
/// until somebody writes to it: from then on it is theirs.
package struct ResolverFile {
    static let name = "resolv.conf"
    /// The lines that were asked for, for whoever makes it anew; it is not mounted, and absent where nothing was.
    static let askedName = "resolv.asked"

    /// Lines of resolv.conf(5).
    let asked: [String]
    private let mode: NetworkRequest.Mode

    init(_ new: NewContainer) {
        var lines = new.nameServers.map { "nameserver \($0)" }
        if !new.searchDomains.isEmpty { lines.append("search \(new.searchDomains.joined(separator: " "))") }
        if !new.resolverOptions.isEmpty { lines.append("options \(new.resolverOptions.joined(separator: " "))") }
        asked = lines
        mode =
            switch new.network {
            case .none: .none
            case .host: .host
            case .container(let id): .container(id)
            case .bridges: .bridges
            case .user: .user
            }
    }

    private init(asked: [String], mode: NetworkRequest.Mode) { (self.asked, self.mode) = (asked, mode) }

    // MARK: What it says

    /// The text for a host whose own file is `host`, without the mark.
    func text(host: String) -> String {
        var lines = host.lines.map(String.init)
        let hasServers = lines.contains { $0.hasPrefix("nameserver") }
        lines = lines.filter { line in
            if line.hasPrefix("nameserver") { return !asks("nameserver") && (mode == .host || !Self.isLoopback(line)) }
            if line.hasPrefix("search") || line.hasPrefix("domain") { return !asks("search") }
            return !line.hasPrefix("options") || !asks("options")
        }
        // Those at the host's own loopback pasta asks in the container's place.
        if mode == .user, hasServers, !asks("nameserver"), !lines.contains(where: { $0.hasPrefix("nameserver") }) {
            lines.append("nameserver \(Pasta.nameServer)")
        }
        lines += asked
        return lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n"
    }

    private func asks(_ word: String) -> Bool { asked.contains { $0.hasPrefix(word) } }

    /// Whether it is to find names, and has nobody to ask.
    func lacksNameServer(host: String) -> Bool {
        switch mode {
        case .none, .host, .container: false
        case .bridges, .user: !text(host: host).lines.contains { $0.hasPrefix("nameserver") }
        }
    }

    /// A name server at the host's loopback is out of reach for whoever has a network of its own.
    private static func isLoopback(_ line: String) -> Bool {
        let address = line.dropFirst("nameserver".count).split(whereSeparator: \.isWhitespace).first
        return address.flatMap { IPAddress(String($0)) }?.isLoopback ?? false
    }

    /// The host's own file now; that of systemd's server, where that one listens at the host's loopback.
    var host: String {
        let text = Files.text("/etc/resolv.conf") ?? ""
        let servers = text.lines.filter { $0.hasPrefix("nameserver") }
        let isStub = !servers.isEmpty && servers.allSatisfy { $0.hasSuffix(" 127.0.0.53") }
        guard isStub, mode != .host else { return text }
        return Files.text("/run/systemd/resolve/resolv.conf") ?? text
    }

    // MARK: Whose it is

    private static let mark = "# Made by boxtop of the host's at each start, until somebody changes it: "

    /// `text` under a line that tells whether it is as it was made.
    static func marked(_ text: String) -> String { text.isEmpty ? "" : "\(mark)\(sum(text))\n\(text)" }

    /// Whether nobody has changed `text`, which `marked` has made.
    static func isAsMade(_ text: String) -> Bool {
        guard text.hasPrefix(mark), let end = text.firstIndex(of: "\n") else { return text.isEmpty }
        return text[..<end].dropFirst(mark.count) == sum(text[text.index(after: end)...])
    }

    /// FNV-1a: it tells a change, and is no proof against somebody who wants none told.
    private static func sum(_ text: some StringProtocol) -> String {
        let sum = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return String(sum, radix: 16)
    }

    /// Makes the file of a container anew, which is being started. One of a version that marked none stays as it is.
    package static func renew(for record: ContainerRecord, in layout: Layout) {
        guard let mode = record.network?.mode else { return }
        if case .container = mode { return }
        let folder = layout.container(record.id)
        MountedFile.rewrite("\(folder)/\(name)") { text in
            guard isAsMade(text) else { return nil }
            let asked = (Files.text("\(folder)/\(askedName)") ?? "").lines.map(String.init)
            let resolver = ResolverFile(asked: asked, mode: mode)
            return marked(resolver.text(host: resolver.host))
        }
    }
}
