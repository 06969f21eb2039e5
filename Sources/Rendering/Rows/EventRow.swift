import Records

/// One line of `events`.
package struct EventRow: Listable {
    private let event: Event

    package init(_ event: Event) { self.event = event }

    package static let columns = [
        Column("time", "TIME"), Column("id", "CONTAINER ID"), Column("name", "NAME"), Column("event", "EVENT"),
        Column("detail", "DETAIL"),
    ]

    package var cells: [Cell] {
        [
            cell(event.time), Cell(quiet, .string(event.container)), Cell(event.name),
            Cell(event.kind.rawValue), Cell(event.detail ?? "", .string(event.detail)),
        ]
    }

    package var quiet: String { String(event.container.prefix(12)) }

    /// The event as a line of its own, for a stream that has no table.
    package var line: String {
        "\(event.time) \(event.name) (\(quiet)) \(event.kind.rawValue)\(event.detail.map { ": \($0)" } ?? "")"
    }
}
