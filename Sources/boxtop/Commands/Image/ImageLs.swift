import ArgumentParser
import Flags
import Images
import JSON
import Linux
import OCI
import Rendering

struct ImageLs: Verb {
    static let configuration = CommandConfiguration.imageVerb(
        "ls", "List images.", example: "boxtop image ls --format '{{.Name}} {{.Size}}'", aliases: ["list"])

    @Flag(name: [.short, .long], help: "No others are hidden: for scripts that say so.")
    var all = false
    @Flag(name: [.short, .long], help: "Digests alone.")
    var quiet = false
    @Flag(name: .long, help: "The whole digest of each, too.")
    var digests = false
    @OptionGroup var list: ListOptions
    @Option(name: .joined("f", "filter"), help: ImageFilter.help)
    var filter: [String] = []
    @Argument(help: "Only this repository, this NAME:TAG, or those of a pattern: 'team/*'.", completion: .images)
    var name: String?

    func run(in context: Context) throws -> Int32 {
        var table = ImageTable(style: try list.style(quiet: quiet), full: list.full)
        table.filter = filter.isEmpty ? nil : try ImageFilter(filter, in: context)
        table.digests = digests
        table.name = name
        return try table.show(in: context)
    }
}

/// A list of images as somebody wants it.
struct ImageTable {
    var style = ListStyle()
    /// Whole ids.
    var full = false
    /// A column more, for people.
    var digests = false
    var filter: ImageFilter?
    /// Only this repository, this image, or those of a pattern.
    var name: String?

    func show(in context: Context) throws -> Int32 {
        let now = Timestamp.now
        var images = try context.images.summaries { Stream.error.say("boxtop: \($0)") }
        if let name {
            let isMeant = try Self.meaning(of: name)
            images.removeAll { !($0.reference.map(isMeant) ?? false) }
        }
        if let filter { images = try images.filter { try filter.matches($0) } }
        // The newest first, and those of one moment by name, as they come.
        let never = Timestamp(nanoseconds: 0)
        images.sort { ($0.created ?? never) > ($1.created ?? never) }
        let rows = images.map { ImageRow($0, now: now, full: full) }
        if digests {
            try Stream.output.list(rows.map(ImageDigestRow.init), style)
        } else {
            try Stream.output.list(rows, style)
        }
        return 0
    }

    /// Which images `name` means: a repository, one with a tag, or a pattern.
    private static func meaning(of name: String) throws -> (Reference) -> Bool {
        if name.contains(where: { "*?[".contains($0) }) {
            let wish = ListFilter.Wish(key: "reference", value: name)
            return { wish.isMet(by: $0) }
        }
        let wanted = try Reference(name)
        if Reference.isRepository(name) { return { $0.familiarRepository == wanted.familiarRepository } }
        return { $0.canonical == wanted.canonical }
    }
}

/// One line of `image ls`.
struct ImageRow: Listable {
    private let image: ImageSummary
    private let now: Timestamp
    private let full: Bool

    init(_ image: ImageSummary, now: Timestamp, full: Bool) {
        self.image = image
        self.now = now
        self.full = full
    }

    static let columns = [
        Column("repository", "REPOSITORY"), Column("tag", "TAG"), Column("id", "IMAGE ID"),
        Column("created", "CREATED", alias: "CreatedSince", exactAlias: "CreatedAt"), Column("size", "SIZE", .right),
        Column("name"),
        Column("digest"), Column("platform"), Column("layers"),
    ]

    var cells: [Cell] {
        let reference = image.reference
        let (repository, tag) = (reference?.familiarRepository, reference?.tag)
        // A name with a digest stays with that image when its tag goes on to another: the two are to be told apart.
        let suffix = reference?.digest.map { "@\($0.short)" } ?? ""
        return [
            Cell(repository ?? "<none>", .string(repository)), Cell((tag ?? "<none>") + suffix, .string(tag)),
            Cell(quiet, .string(image.digest.description)),
            // Images that are made reproducibly have no time.
            Cell(
                image.created.map { "\(Human.duration(now.seconds(since: $0))) ago" } ?? "–",
                .string(image.created?.description)),
            Cell(Human.binary(image.size), .integer(image.size)), Cell(image.name),
            Cell(image.digest.description), Cell(image.platform),
            Cell("\(image.layers)", .integer(image.layers)),
        ]
    }

    var quiet: String { full ? image.digest.description : image.digest.short }
}

/// One line of `image ls --digests`: the digest has a column, before the id.
private struct ImageDigestRow: Listable {
    private let row: ImageRow

    init(_ row: ImageRow) { self.row = row }

    static let columns = moved(ImageRow.columns).map { column in
        column.key == "digest" ? Column(column.key, "DIGEST") : column
    }

    var cells: [Cell] { Self.moved(row.cells) }
    var quiet: String { row.quiet }

    /// `list`, which has a value for each column of an image's row, with the digest's as its third.
    private static func moved<Value>(_ list: [Value]) -> [Value] {
        guard let index = ImageRow.columns.firstIndex(where: { $0.key == "digest" }) else { return list }
        var list = list
        list.insert(list.remove(at: index), at: 2)
        return list
    }
}
