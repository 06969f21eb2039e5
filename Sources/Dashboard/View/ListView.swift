import Cgroups
import Linux
import Monitoring
import Records
import TerminalKit

/// What stands in a row of the list.
enum ListSlot: Hashable, Sendable {
    case sign, name, note
    case column(ListColumn)

    var sortKey: SortKey? {
        switch self {
        case .sign: .status
        case .name: .name
        case .note: nil
        case .column(let column): column.sortKey
        }
    }
}

extension Model {
    /// How many rows the list has room for.
    var listHeight: Int {
        let room = size.rows - HeaderView.height(self) - 1 - 2
        guard panel != nil else { return max(1, room - (size.rows >= 18 ? 1 : 0)) }
        return max(1, min(rows.count, room - LimitsView.height(self)))
    }
}

/// The list of containers.
enum ListView {
    static func headingRow(_ model: Model) -> Int { HeaderView.height(model) }
    static func firstRow(_ model: Model) -> Int { headingRow(model) + 1 }

    /// Bars shrink first, then columns go, the least telling ones first, and numbers stay longest.
    static func layout(_ model: Model) -> ColumnLayout<ListSlot> {
        typealias Concession = TerminalKit.Column<ListSlot>.Concession
        func column(_ id: ListSlot, _ width: Int, _ concessions: (Int, Int)...) -> TerminalKit.Column<ListSlot> {
            TerminalKit.Column(id, width: width, concessions: concessions.map { Concession($0.0, $0.1) })
        }
        let longest = max(model.totals.nameWidth, 8)
        let name = min(longest, 32)
        let image = min(max(model.totals.imageWidth, 8), 24)
        // One long name among many is not worth the columns of all.
        var columns = [
            column(.sign, 1),
            column(.name, longest, (0, name), (13, min(name, 20)), (95, min(name, 16)), (97, min(name, 10))),
        ]
        for chosen in model.settings.columns {
            let id = ListSlot.column(chosen)
            switch chosen {
            case .id: columns.append(column(id, 12, (16, 0)))
            case .image: columns.append(column(id, image, (12, min(image, 14)), (20, 0)))
            case .cpu: columns.append(column(id, 23, (10, 19), (45, 12), (70, 5)))
            case .memory: columns.append(column(id, 21, (11, 17), (40, 9), (80, 4)))
            case .processes: columns.append(column(id, 9, (60, 4), (65, 0)))
            case .net: columns.append(column(id, 10, (30, 0)))
            case .disk: columns.append(column(id, 10, (25, 0)))
            case .pressure: columns.append(column(id, 11, (26, 0)))
            case .uptime: columns.append(column(id, 6, (55, 0)))
            case .restarts: columns.append(column(id, 3, (35, 0)))
            case .health: columns.append(column(id, 9, (18, 0)))
            case .command: columns.append(column(id, 24, (5, 12), (15, 0)))
            case .ports:
                // Where nothing is published the room is worth more than the column.
                let width = (model.snapshot?.containers ?? []).map { ListRow.ports(of: $0).count }.max() ?? 0
                if width > 0 {
                    columns.append(column(id, min(max(width, 5), 24), (22, min(max(width, 5), 12)), (28, 0)))
                }
            }
        }
        columns.append(
            TerminalKit.Column(
                .note, width: model.noteWidth, stretch: 60,
                concessions: [Concession(32, min(22, model.noteWidth)), Concession(75, 10), Concession(85, 0)]))
        return ColumnLayout(columns, from: 1, to: model.size.columns - 1, gap: 2)
    }

    static func draw(_ model: Model, on canvas: inout Canvas) {
        let layout = layout(model)
        drawHeading(layout, model, on: &canvas)
        guard let snapshot = model.snapshot else { return }
        if model.rows.isEmpty {
            // Limits may be open below, of what has just been removed.
            guard model.panel == nil else { return }
            EmptyView.draw(model, on: &canvas)
            return
        }
        let first = firstRow(model)
        var row = first
        var place = model.top
        let end = first + model.listHeight
        while row < end, model.rows.indices.contains(place) {
            let container = snapshot.containers[model.rows[place]]
            ListRow(container: container, gauges: Gauges(container, model), model: model).draw(layout, row, on: &canvas)
            row += 1
            if model.treeShown, model.panel == nil, container.id == model.selected {
                row = drawTree(container, row, end, layout, model, on: &canvas)
            }
            place += 1
        }
        drawScroll(model, first, on: &canvas)
    }

    private static func drawHeading(_ layout: ColumnLayout<ListSlot>, _ model: Model, on canvas: inout Canvas) {
        let row = headingRow(model)
        for slot in layout.slots {
            let title: String
            switch slot.id {
            case .sign, .note: continue
            case .name: title = "NAME"
            case .column(let column): title = column.title
            }
            let heading = Heading(
                title, rises: slot.id.sortKey == model.settings.sort ? model.settings.rises : nil)
            let (text, style) = (heading.text, heading.style)
            // Above numbers alone, the title stands at the right as they do; beside a bar, at the left.
            switch slot.id {
            case .column(.processes):
                canvas.putRight(text, row, end: slot.left + min(7, slot.width), style)
            case .column(.uptime), .column(.restarts): canvas.putRight(text, row, end: slot.right, style)
            case .column(.cpu) where slot.width <= 12: canvas.putRight(text, row, end: slot.left + 5, style)
            case .column(.memory) where slot.width <= 9:
                canvas.put(slot.width < 9 ? "MEM" : text, row, slot.left, style)
            case .column(.net), .column(.disk): canvas.put(text, row, slot.left + 1, style)
            default: canvas.put(text, row, slot.left, style)
            }
        }
    }

    /// The place in `rows` that a line of the screen shows; `nil` for one of the tree's, or none.
    static func place(atLine line: Int, _ model: Model) -> Int? {
        let offset = line - firstRow(model)
        guard offset >= 0, offset < model.listHeight else { return nil }
        let opened = model.selectedRow - model.top
        var tree = 0
        if model.treeShown, model.panel == nil, let details = model.details, details.id == model.selected {
            tree = min(details.processes.count, max(0, model.listHeight - opened - 1))
        }
        if offset > opened, offset <= opened + tree { return nil }
        let place = model.top + offset - (offset > opened ? tree : 0)
        return model.rows.indices.contains(place) ? place : nil
    }

    private static func drawTree(
        _ container: ContainerReading, _ start: Int, _ end: Int, _ layout: ColumnLayout<ListSlot>, _ model: Model,
        on canvas: inout Canvas
    ) -> Int {
        guard let details = model.details, details.id == container.id, let name = layout[.name] else { return start }
        var row = start
        let area = Area(
            top: start, left: name.left, rows: min(end - start, max(0, details.processes.count)),
            columns: min(model.size.columns - name.left - 1, 72))
        ProcessesView(processes: details.processes).draw(ProcessesLayout(area, headed: false), scroll: 0, on: &canvas)
        row += area.rows
        return row
    }

    /// Whether not all of the list is seen.
    static func hasBar(_ model: Model) -> Bool { model.rows.count > model.listHeight }

    /// Says how much of the list is above and below, where not all of it is seen.
    private static func drawScroll(_ model: Model, _ first: Int, on canvas: inout Canvas) {
        guard hasBar(model) else { return }
        let height = model.listHeight
        let bar = max(1, height * height / model.rows.count)
        let place = (height - bar) * model.top / max(1, model.rows.count - height)
        for row in 0..<bar { canvas.set(0x2502, first + place + row, model.size.columns - 1, .dim) }
    }
}
