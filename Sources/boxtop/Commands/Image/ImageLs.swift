import ArgumentParser
import Flags
import Images
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
    @OptionGroup var list: ListOptions
    @OptionGroup var filters: FilterOptions
    @Argument(help: "Only this repository, or this NAME:TAG.", completion: .images) var name: String?

    func run(in context: Context) throws -> Int32 {
        var table = ImageTable(style: try list.style(quiet: quiet), full: list.full)
        table.filter = try filters.read(keys: "dangling", "reference", "label")
        table.name = name
        return try table.show(in: context)
    }
}

/// A list of images as somebody wants it.
struct ImageTable {
    var style = ListStyle()
    /// Whole digests.
    var full = false
    var filter: ListFilter?
    /// Only this repository, or this image.
    var name: String?

    func show(in context: Context) throws -> Int32 {
        let now = Timestamp.now
        var images = try context.images.summaries { Stream.error.say("boxtop: \($0)") }
        if let name {
            let wanted = try Reference(name)
            let hasTag = name.split(separator: "/").last?.contains(":") == true
            images.removeAll { image in
                guard let reference = image.reference else { return true }
                return hasTag
                    ? reference.canonical != wanted.canonical
                    : reference.familiarRepository != wanted.familiarRepository
            }
        }
        if let filter {
            images = try images.filter { image in try filter.matches { try meets($0, image, in: context) } }
        }
        try Stream.output.list(images.map { ImageRow($0, now: now, full: full) }, style)
        return 0
    }

    private func meets(_ wish: ListFilter.Wish, _ image: ImageSummary, in context: Context) throws -> Bool {
        switch wish.key {
        case "dangling": return wish.isMet(by: image.reference == nil)
        case "reference":
            guard let reference = image.reference else { return false }
            return wish.isPattern(of: image.name) || wish.isPattern(of: reference.familiarRepository)
        default:
            // Only who asks for labels has the images' own documents read.
            let configuration = try context.images.resolve(image.digest.description).configuration
            return wish.isMet(by: configuration.config?.labels ?? [:])
        }
    }
}

/// One line of `image ls`.
private struct ImageRow: Listable {
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
        Column("created", "CREATED", alias: "CreatedSince"), Column("size", "SIZE", .right), Column("name"),
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
