import ArgumentParser
import JSON
import Networking
import Rendering

struct NetworkRepair: Verb {
    static let configuration = CommandConfiguration.networkVerb(
        "repair", "Compare what should be of networks with what is, and make it so.",
        example: "boxtop network repair",
        discussion: "Ends with 1 where something is not as it should be and could not be repaired.")

    @OptionGroup var list: ListOptions

    func run(in context: Context) throws -> Int32 {
        let lines = try context.networks.repair()
        try Stream.output.list(lines.map(RepairRow.init), try list.style())
        return lines.contains { $0.outcome == .broken } ? 1 : 0
    }
}

private struct RepairRow: Listable {
    let line: RepairLine

    static let columns = [Column("subject", "WHAT"), Column("outcome", "IS"), Column("detail", "DETAIL")]

    var cells: [Cell] { [Cell(line.subject), Cell(line.outcome.rawValue), Cell(line.detail)] }
    var quiet: String { line.subject }
}
