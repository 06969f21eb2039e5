import Linux
import TerminalKit

/// The images of this host: how large, what of it others share, who uses them, how old.
enum ImagesView {
    private enum Slot: Hashable, Sendable { case name, id, size, shared, users, age }

    /// How many images there is room for.
    static func height(_ model: Model) -> Int { max(1, model.size.rows - 4 - model.pulls.count) }

    static func draw(_ page: ImagesPage, _ model: Model, on canvas: inout Canvas) {
        drawTitle(model, on: &canvas)
        let layout = layout(model)
        for slot in layout.slots { drawHeading(slot, on: &canvas) }
        var row = 2
        for pull in model.pulls where row < model.size.rows - 2 {
            drawPull(pull, row, model, on: &canvas)
            row += 1
        }
        if model.imageList.isEmpty, model.pulls.isEmpty {
            canvas.put(
                "No images are here yet: p pulls one; boxtop image pack makes one of programs of this host.", 3, 1, .dim
            )
        }
        for (place, image) in model.imageList.enumerated().dropFirst(page.top).prefix(height(model)) {
            for slot in layout.slots { draw(image, slot, row, model, on: &canvas, isCurrent: place == page.selected) }
            if place == page.selected { canvas.ground(.selected, row, 0..<model.size.columns) }
            row += 1
        }
        if let field = page.field {
            let row = model.size.rows - 2
            let column = canvas.put("pull image: ", row, 1, .strongKey)
            field.draw(on: &canvas, row, column, width: model.size.columns - column - 1, style: .value, focused: true)
        }
    }

    private static func drawTitle(_ model: Model, on canvas: inout Canvas) {
        // One image may have several names, and what several share lies on the disk once.
        let images = Dictionary(model.imageList.map { ($0.id, $0.size - $0.shared) }) { first, _ in first }
        let (count, names) = (images.count, model.imageList.count)
        let own = images.values.reduce(0, +)
        var column = canvas.put("Images", 0, 1, .strong) + 2
        let title = count == 1 ? "1 image" : "\(Format.count(count)) images"
        column = canvas.put(names > count ? "\(title), \(Format.count(names)) names" : title, 0, column, .value) + 2
        let shared = model.imageList.map(\.shared).max() ?? 0
        if count > 0 {
            let text = "\(bytes(own)) of their own" + (shared > 0 ? ", at most \(bytes(shared)) shared" : "")
            canvas.put(text, 0, column, .dim, width: model.size.columns - column - 1)
        }
    }

    private static func layout(_ model: Model) -> ColumnLayout<Slot> {
        typealias Concession = Column<Slot>.Concession
        let name = min(max(model.imageList.map(\.name.cells).max() ?? 0, 12), 48)
        return ColumnLayout(
            [
                Column(.name, width: name, stretch: 20, concessions: [Concession(30, 24), Concession(60, 14)]),
                Column(.id, width: 12, concessions: [Concession(10, 0)]), Column(.size, width: 8),
                Column(.shared, width: 8, concessions: [Concession(40, 0)]),
                Column(.users, width: 22, stretch: 20, concessions: [Concession(20, 14), Concession(50, 0)]),
                Column(.age, width: 5, concessions: [Concession(55, 0)]),
            ], from: 1, to: model.size.columns - 1, gap: 2)
    }

    private static func drawHeading(_ slot: ColumnLayout<Slot>.Slot, on canvas: inout Canvas) {
        switch slot.id {
        case .name: canvas.put("NAME", 1, slot.left, .text)
        case .id: canvas.put("ID", 1, slot.left, .text)
        case .size: canvas.putRight("SIZE", 1, end: slot.right, .text)
        case .shared: canvas.putRight("SHARED", 1, end: slot.right, .text)
        case .users: canvas.put("USED BY", 1, slot.left, .text)
        case .age: canvas.putRight("AGE", 1, end: slot.right, .text)
        }
    }

    private static func draw(
        _ image: ImageReading, _ slot: ColumnLayout<Slot>.Slot, _ row: Int, _ model: Model, on canvas: inout Canvas,
        isCurrent: Bool
    ) {
        switch slot.id {
        case .name:
            let style = Style(image.isNamed ? .value : .dim, bold: isCurrent)
            canvas.put(image.isNamed ? image.name : "<none>", row, slot.left, style, width: slot.width)
        case .id: canvas.put(image.id, row, slot.left, .dim)
        case .size: canvas.putRight(bytes(image.size), row, end: slot.right, .value)
        case .shared:
            canvas.putRight(image.shared > 0 ? bytes(image.shared) : "–", row, end: slot.right, .dim)
        case .users: canvas.put(users(image.users, slot.width), row, slot.left, .text, width: slot.width)
        case .age:
            let text = image.created.map { Format.age(model.now.seconds(since: $0)) } ?? "–"
            canvas.putRight(text, row, end: slot.right, .dim)
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

    /// As many names as fit, and how many more there are.
    private static func users(_ names: [String], _ width: Int) -> String {
        var text = ""
        for (index, name) in names.enumerated() {
            let next = text.isEmpty ? name : "\(text), \(name)"
            let left = names.count - index - 1
            if !text.isEmpty, next.cells + (left > 0 ? 4 : 0) > width { return "\(text) +\(left + 1)" }
            text = next
        }
        return text.isEmpty ? "–" : text
    }

    private static func bytes(_ count: Int64) -> String { Format.size(UInt64(max(0, count))) }
}
