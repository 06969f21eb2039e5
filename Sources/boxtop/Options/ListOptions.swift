import ArgumentParser
import Flags
import Rendering

/// How a list is written.
struct ListOptions: ParsableArguments {
    @Option(name: .long, help: "table, json, csv or a template such as '{{.Name}}'.")
    var format = "table"
    @Flag(name: .customLong("no-trunc"), help: "Whole ids and commands.")
    var full = false
    @Flag(name: .customLong("no-headers"), help: "Rows alone.")
    var noHeaders = false

    func style(quiet: Bool = false) throws(TemplateError) -> ListStyle {
        ListStyle(format: try Format(format), quiet: quiet, headers: !noHeaders)
    }
}

/// Which of a list of volumes or networks are shown.
struct FilterOptions: ParsableArguments {
    @Option(name: .joined("f", "filter"), help: "KEY=VALUE: label=KEY[=VALUE], name=, dangling=true.")
    var filter: [String] = []

    func read(keys: String...) throws(FlagError) -> ListFilter { try ListFilter(filter, keys: keys) }
}

extension Stream {
    /// Writes a list.
    func list<Row: Listable>(_ rows: [Row], _ style: ListStyle) throws(TemplateError) {
        show(try render(rows, style))
    }
}
