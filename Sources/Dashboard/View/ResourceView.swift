import Linux
import TerminalKit

/// The page of the images, volumes or networks of this host: one a row, with who uses it and how old it is.
enum ResourceView {
    static let headingRow = 1

    /// Below the title, the headings, and the images on their way here.
    static func firstRow(_ page: ResourcePage, _ model: Model) -> Int { headingRow + 1 + pulls(page, model).count }

    /// How many there is room for.
    static func height(_ page: ResourcePage, _ model: Model) -> Int {
        max(1, model.size.rows - 2 - firstRow(page, model))
    }

    private static func pulls(_ page: ResourcePage, _ model: Model) -> [ImagePull] {
        page.kind == .image ? model.pulls : []
    }

    static func draw(_ page: ResourcePage, _ model: Model, on canvas: inout Canvas) {
        drawTitle(page.kind, model, on: &canvas)
        let pulls = pulls(page, model)
        for (row, pull) in pulls.prefix(max(0, model.size.rows - 4)).enumerated() {
            drawPull(pull, headingRow + 1 + row, model, on: &canvas)
        }
        if model.resourceRows.isEmpty { drawAbsence(page, model, on: &canvas) }
        drawTable(page, model, on: &canvas)
        if let field = page.field {
            let row = model.size.rows - 2
            let column = canvas.put("pull image: ", row, 1, .strongKey)
            field.draw(on: &canvas, row, column, width: model.size.columns - column - 1, style: .value, focused: true)
        }
    }

    private static func drawTitle(_ kind: Resource, _ model: Model, on canvas: inout Canvas) {
        let (count, detail) = model.resources.summary(of: kind)
        var column = canvas.put(kind.context.title, 0, 1, .strong) + 2
        column = canvas.put(count, 0, column, .value) + 2
        let end = HeaderView.drawAtRight(HeaderView.clock(model), model, on: &canvas)
        canvas.put(detail, 0, column, .dim, width: max(0, end - column - 2))
    }

    private static func drawAbsence(_ page: ResourcePage, _ model: Model, on canvas: inout Canvas) {
        let row = firstRow(page, model) + 1
        if !page.filter.isEmpty {
            let column = canvas.put("No \(page.kind.rawValue) matches \"\(page.filter)\".  ", row, 1, .dim)
            canvas.put(" clears the filter", row, canvas.put("Esc", row, column, .strongKey), .dim)
        } else if pulls(page, model).isEmpty {
            canvas.put(page.kind.absence, row, 1, .dim)
        }
    }

    /// Columns have the widths of all that there are, so that they stand still while one types a filter.
    static func layout(_ page: ResourcePage, _ model: Model) -> ColumnLayout<ResourceColumn> {
        let columns = page.kind.columns { column in
            model.resources[page.kind].map { $0.cell(column, width: 0, model.now).text.cells }.max() ?? 0
        }
        return ColumnLayout(columns, from: 1, to: model.size.columns - 1, gap: 2)
    }

    private static func drawTable(_ page: ResourcePage, _ model: Model, on canvas: inout Canvas) {
        let (layout, order) = (layout(page, model), model.resourceOrder)
        for slot in layout.slots {
            let heading = Heading(slot.id.heading, rises: slot.id == order.column ? order.rises : nil)
            put(heading.text, headingRow, slot, heading.style, on: &canvas)
        }
        let first = firstRow(page, model)
        for (place, reading) in model.resourceRows.enumerated().dropFirst(page.top).prefix(height(page, model)) {
            let (row, isCurrent) = (first + place - page.top, place == page.selected)
            for slot in layout.slots {
                let (text, role) = reading.cell(slot.id, width: slot.width, model.now)
                put(text, row, slot, Style(role, bold: isCurrent && slot.id == .name), on: &canvas)
            }
            if isCurrent { canvas.ground(.selected, row, 0..<model.size.columns) }
        }
    }

    private static func put(
        _ text: String, _ row: Int, _ slot: ColumnLayout<ResourceColumn>.Slot, _ style: Style, on canvas: inout Canvas
    ) {
        if slot.id.isNumber {
            canvas.putRight(text, row, end: slot.right, style)
        } else {
            canvas.put(text, row, slot.left, style, width: slot.width)
        }
    }

    private static func drawPull(_ pull: ImagePull, _ row: Int, _ model: Model, on canvas: inout Canvas) {
        var column = canvas.put("↓ \(pull.name)", row, 1, .key, width: min(40, model.size.columns / 2)) + 2
        if pull.share != nil, model.size.columns >= 70 {
            Gauge(pull.share, role: .key).draw(on: &canvas, row, column, width: 20, look: model.look)
            column += 22
        }
        let text = pull.message.isEmpty ? "asking its registry" : pull.message
        canvas.put(text, row, column, .dim, width: max(0, model.size.columns - column - 1))
    }
}
