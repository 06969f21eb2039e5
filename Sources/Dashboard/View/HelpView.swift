import TerminalKit

/// All keys, from the table that they are looked up in.
enum HelpView {
    static func height(_ model: Model) -> Int { model.size.rows - 6 }

    static func lines(_ model: Model) -> [(keys: String, text: String, isTitle: Bool)] {
        var lines: [(String, String, Bool)] = []
        // What holds where one is comes first.
        let order = [model.context] + Context.allCases.filter { $0 != model.context }
        for context in order {
            let bindings = KeyMap.bindings(in: context)
            lines.append(("", context == .list ? "The list" : context.title, true))
            for binding in bindings where context == .list || binding.contexts.count <= 4 || context == model.context {
                lines.append((binding.keyNames, binding.help, false))
            }
            lines.append(("", "", false))
        }
        lines.append(("", "Signs", true))
        lines.append(("●", "runs: calm, or amber when something is wrong; the end of the row says what", false))
        lines.append(("‖ ◐ ○", "paused; waits to be started again; does not run", false))
        lines.append(("CPU", "100% is the limit where there is one (\"of 2.0\"), else one core (\"/core\")", false))
        lines.append(("MEMORY", "without the page cache that is easily given back, as docker stats counts", false))
        lines.append(
            ("pressure", "percent of the last 10 s in which some task waited; n/a where the kernel tells none", false))
        return lines
    }

    static func draw(_ scroll: Int, _ model: Model, on canvas: inout Canvas) {
        let lines = lines(model)
        let area = DialogFrame.inside(rows: height(model), columns: 84, model)
        DialogFrame.draw("Help", around: area, on: &canvas)
        for (row, line) in lines.dropFirst(scroll).prefix(area.rows).enumerated() {
            if line.isTitle {
                canvas.put(line.text, area.top + row, area.left, .strong)
            } else {
                canvas.putRight(line.keys, area.top + row, end: area.left + 16, .key)
                canvas.put(line.text, area.top + row, area.left + 18, .text, width: area.columns - 18)
            }
        }
        if scroll + area.rows < lines.count {
            canvas.put(" ↓ more ", area.bottom, area.right - 8, .dim)
        }
    }
}
