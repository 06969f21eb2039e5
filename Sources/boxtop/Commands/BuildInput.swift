import Builds
import Containers
import Linux

/// Where the Containerfile of a build comes from, and the folder that COPY takes from.
struct BuildInput {
    /// The folder, or `-`.
    private let place: String
    /// `--file`.
    private let file: String?
    private let sent: SentContext?

    init(_ place: String, file: String?, _ containers: Containers) throws {
        try Self.refuseAddress(place, of: "build")
        (self.place, self.file) = (place, file)
        if place == "-" {
            guard file != "-" else { throw Failure("- and --file - are both standard input: name one of them") }
            sent = try SentContext(try FileDescriptor.standardInput(), containers)
        } else {
            sent = nil
        }
    }

    /// Absent: there is none.
    var folder: String? { place == "-" ? sent?.folder : place }

    /// The Containerfile's text.
    func text() throws -> String {
        if let file, folder == nil || place != "-" {
            if file == "-" {
                return String(decoding: try FileDescriptor.standardInput().readAll(limit: 4 << 20), as: UTF8.self)
            }
            return String(decoding: try Files.read(file, limit: 4 << 20), as: UTF8.self)
        }
        if let text = sent?.text { return text }
        for name in file.map({ [$0] }) ?? Self.names {
            if let text = text(of: name) { return text }
        }
        let place = place == "-" ? "what standard input has sent" : place
        if let file { throw Failure("there is no \(file) in \(place)") }
        throw Failure("there is no Containerfile and no Dockerfile in \(place): name one with --file")
    }

    /// What is left out of the folder: by the list beside the Containerfile, which has its name, else by the folder's.
    func ignored() throws -> IgnoreList {
        guard folder != nil else { return IgnoreList("") }
        var lists: [(name: String, text: String?)] = []
        let own = file.map { [$0] } ?? Self.names.first { text(of: $0) != nil }.map { [$0] } ?? []
        for name in own where name != "-" {
            for name in ["\(name).containerignore", "\(name).dockerignore"] {
                lists.append((name, file == nil || place == "-" ? text(of: name) : Files.text(name)))
            }
        }
        lists += Self.lists.map { ($0, text(of: $0)) }
        guard let (name, text) = lists.first(where: { $0.text != nil }), let text else { return IgnoreList("") }
        return try IgnoreList(text, of: name)
    }

    static func ignored(in folder: String) throws -> IgnoreList {
        for name in lists {
            if let text = Files.text("\(folder)/\(name)") { return try IgnoreList(text, of: "\(folder)/\(name)") }
        }
        return IgnoreList("")
    }

    /// Throws where `place` is no folder but an address, from which docker would fetch.
    static func refuseAddress(_ place: String, of what: String) throws {
        let isAddress = place.contains("://") || place.hasPrefix("git@") || place.hasPrefix("github.com/")
        guard isAddress, !Files.exists(place) else { return }
        throw Failure("\(what) \(place): nothing is fetched to be built; clone or unpack it, and name the folder")
    }

    private static let names = ["Containerfile", "Dockerfile"]
    private static let lists = [".containerignore", ".dockerignore"]

    private func text(of name: String) -> String? {
        place == "-" ? sent?.text(of: name) : Files.text("\(place)/\(name)")
    }
}
