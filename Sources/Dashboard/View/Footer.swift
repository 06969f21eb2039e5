import Monitoring
import TerminalKit

/// The two lines at the bottom: what just happened, and what one can do now.
enum Footer {
    struct Item {
        var range: Range<Int>
        /// What a click on it does.
        var deed: Deed?
        var key: String
        var word: String
    }

    enum Deed: Hashable, Sendable {
        case action(Action)
        /// As that key does, while it is taken by what is being typed.
        case key(Key)
    }

    /// What is drawn, with its place: what a click is looked up in.
    static func items(_ model: Model) -> [Item] {
        guard let hints = hints(model) else { return bindings(model) }
        var column = 1
        return hints.map { key, word in
            let end = column + key.cells + 1 + word.cells
            defer { column = end + 2 }
            return Item(range: column..<end, deed: deed(key), key: key, word: word)
        }
    }

    private static func deed(_ key: String) -> Deed? {
        [Key.enter, .escape, .tab, .character(" ")].first { $0.description == key }.map { .key($0) }
    }

    /// The bindings that are worth the room and fit.
    private static func bindings(_ model: Model) -> [Item] {
        var offered: [(Binding, String)] = []
        for binding in KeyMap.bindings(in: model.context) {
            if let word = model.word(binding) { offered.append((binding, word)) }
        }
        func width(_ item: (Binding, String)) -> Int { key(item.0).cells + 1 + item.1.cells + 2 }
        // Help and the way out stay, whatever goes.
        let last: Set<Action> = [.help, .quit, .back]
        var room = model.size.columns - 2 - offered.filter { last.contains($0.0.action) }.reduce(0) { $0 + width($1) }
        var full = false
        var column = 1
        var items: [Item] = []
        for item in offered {
            if !last.contains(item.0.action) {
                full = full || room < width(item)
                if full { continue }
                room -= width(item)
            }
            let end = column + width(item) - 2
            items.append(Item(range: column..<end, deed: .action(item.0.action), key: key(item.0), word: item.1))
            column = end + 2
        }
        return items
    }

    private static func key(_ binding: Binding) -> String {
        switch binding.action {
        case .earlier: "[ ]"
        case .mark: "Space"
        default: binding.keys.first?.description ?? ""
        }
    }

    static func draw(_ model: Model, on canvas: inout Canvas) {
        let row = model.size.rows - 1
        drawStatus(model, row - 1, on: &canvas)
        var column = 1
        for item in items(model) {
            canvas.put(item.key, row, item.range.lowerBound, .strongKey)
            canvas.put(item.word, row, item.range.lowerBound + item.key.cells + 1, .dim)
            column = item.range.upperBound + 2
        }
        drawCost(model, row, after: column, on: &canvas)
    }

    private static func drawCost(_ model: Model, _ row: Int, after column: Int, on canvas: inout Canvas) {
        func milliseconds(_ seconds: Double) -> String { "\(Format.fixed(seconds * 1_000, 1)) ms" }
        var text = model.snapshot.map { "sweep \(milliseconds($0.cost))" } ?? ""
        if let frame = model.frameCost { text += "  frame \(milliseconds(frame))" }
        guard column + text.cells + 1 < model.size.columns else { return }
        canvas.putRight(text, row, end: model.size.columns - 1, .faint)
    }

    /// What keys do while something lies over the page.
    private static func hints(_ model: Model) -> [(String, String)]? {
        switch model.dialog {
        case .help: return [("↑↓", "scroll"), ("Esc", "close")]
        case .confirm: return [("←→", "choose"), ("Enter", "take"), ("Esc", "cancel")]
        case .menu(let menu) where menu.purpose == .columns: return [("Space", "tick"), ("Esc", "done")]
        case .menu: return [("↑↓", "choose"), ("Enter", "take"), ("Esc", "cancel")]
        case .palette: return [("↑↓", "choose"), ("Enter", "take"), ("Esc", "cancel")]
        case .form: return [("Tab", "next field"), ("Enter", "make and start"), ("Esc", "cancel")]
        case nil: break
        }
        if model.isTypingImage { return [("Enter", "pull"), ("Esc", "cancel")] }
        if model.panel?.field != nil { return [("Enter", "apply"), ("Esc", "cancel")] }
        guard model.field != nil else { return nil }
        if case .log = model.page { return [("Enter", "find"), ("Esc", "cancel")] }
        return [("Enter", "keep"), ("Esc", "clear"), ("!word", "leaves out")]
    }

    private static func drawStatus(_ model: Model, _ row: Int, on canvas: inout Canvas) {
        let width = model.size.columns - 2
        if let field = model.field {
            let column = canvas.put("/ ", row, 1, .strongKey)
            field.draw(on: &canvas, row, column, width: width - 3, style: .value, focused: true)
            return
        }
        var column = 1
        if let (words, left, all) = model.narrowing {
            column = canvas.put("filter ", row, column, .key)
            column = canvas.put(words, row, column, .value, width: width / 2)
            column = canvas.put("  \(Format.count(left)) of \(Format.count(all))", row, column, .dim) + 3
        }
        if case .list = model.page, !model.marked.isEmpty {
            let hidden = model.hiddenMarks
            let why = model.filter.isEmpty ? "not listed" : "hidden by the filter"
            let text = hidden > 0 ? ", \(Format.count(hidden)) \(why)" : ""
            column = canvas.put("\(Format.count(model.marked.count)) marked\(text)", row, column, .key) + 3
        }
        guard let status = model.status else { return }
        let style: Style =
            switch status.kind {
            case .done: .dim
            case .busy: .key
            case .warning: .warning
            case .failed: .bad
            }
        canvas.put(status.text.abridged(to: width + 1 - column), row, column, style, width: width + 1 - column)
    }
}
