import ArgumentParser
import Images
import JSON
import Linux
import OCI
import Rendering

struct ImageHistory: Verb {
    static let configuration = CommandConfiguration.imageVerb(
        "history", "Show the steps that an image was made by, the newest first.", example: "boxtop image history tools")

    @Flag(name: [.short, .long], help: "Digests of layers alone.")
    var quiet = false
    @Flag(
        name: [.customShort("H"), .customLong("human")], inversion: .prefixedNo,
        help: "Sizes and ages for people; else bytes and times.")
    var human = true
    @OptionGroup var list: ListOptions
    @Argument(help: "A name or a digest.", completion: .images) var image: String

    func run(in context: Context) throws -> Int32 {
        let image = try context.images.resolve(image)
        var layers = image.manifest.layers[...]
        let now = Timestamp.now
        let steps = image.configuration.history ?? []
        var rows = steps.map { step in
            HistoryRow(
                step: step, layer: step.emptyLayer == true ? nil : layers.popFirst(), now: human ? now : nil,
                full: list.full)
        }
        // Whatever made the image, its layers are all to be seen.
        rows += layers.map { HistoryRow(step: .init(), layer: $0, now: human ? now : nil, full: list.full) }
        try Stream.output.list(rows.reversed(), try list.style(quiet: quiet))
        return 0
    }
}

private struct HistoryRow: Listable {
    let step: ImageConfiguration.History
    let layer: ContentDescriptor?
    /// What ages are counted to; absent for times, and sizes in bytes.
    let now: Timestamp?
    let full: Bool

    static let columns = [
        Column("layer", "LAYER", alias: "ID"),
        Column("created", "CREATED", alias: "CreatedSince", exactAlias: "CreatedAt"),
        Column("createdBy", "CREATED BY"),
        Column("size", "SIZE", .right), Column("comment", "COMMENT"),
    ]

    var cells: [Cell] {
        let created = step.created.flatMap(Timestamp.init).flatMap { $0.nanoseconds == 0 ? nil : $0 }
        let by = printable(step.createdBy ?? "")
        return [
            Cell(quiet.isEmpty ? "–" : quiet, .string(layer?.digest.description)),
            Cell(created.map(age) ?? "–", .string(step.created)),
            Cell(full || by.count <= 60 ? by : "\(by.prefix(59))…", .string(step.createdBy)),
            Cell(now == nil ? "\(layer?.size ?? 0)" : Human.binary(layer?.size ?? 0), .integer(layer?.size ?? 0)),
            Cell(printable(step.comment ?? ""), .string(step.comment)),
        ]
    }

    private func age(_ created: Timestamp) -> String {
        now.map { "\(Human.duration($0.seconds(since: created))) ago" } ?? created.description
    }

    var quiet: String { layer.map { full ? $0.digest.description : $0.digest.short } ?? "" }
}
