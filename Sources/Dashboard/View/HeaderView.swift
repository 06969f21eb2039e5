import Cgroups
import Linux
import Monitoring
import TerminalKit

/// The two lines at the top: which machine, how many of what, is it in trouble, who is to blame.
enum HeaderView {
    /// Rows it takes, with the blank one below; little where little is there.
    static func height(_ model: Model) -> Int { model.size.rows < 12 ? 1 : model.size.rows < 18 ? 2 : 3 }

    static func draw(_ model: Model, on canvas: inout Canvas) {
        let end = drawRight(model, on: &canvas)
        var column = canvas.put("boxtop", 0, 1, .strongKey) + 2
        guard let host = model.snapshot?.host else {
            canvas.put("reading …", 0, column, .dim)
            return
        }
        var parts: [(String, Style)] = [
            (host.name, .value), ("\(host.cores) \(host.cores == 1 ? "core" : "cores")", .dim),
        ]
        if let memory = host.memory { parts.append(("\(Format.fixed(Double(memory) / 1_073_741_824, 1)) GiB", .dim)) }
        parts.append((host.hierarchy, .dim))
        if let problem = model.snapshot?.problem { parts = [(problem.abridged(to: end - column - 2), .bad)] }
        for (text, style) in parts where column + text.cells + 2 <= end {
            column = canvas.put(text, 0, column, style) + 2
        }
        if height(model) >= 2 { drawGauges(host, model, on: &canvas) }
    }

    /// How many of what, and the time. Returns where it begins.
    private static func drawRight(_ model: Model, on canvas: inout Canvas) -> Int {
        var parts: [(String, Style)] = []
        let totals = model.totals
        // How it was is not known for a moment that is past, and how it is, not where they cannot be listed.
        if let snapshot = model.snapshot, snapshot.problem == nil, model.back == 0 {
            parts.append(("\(Format.count(totals.containers)) container\(totals.containers == 1 ? "" : "s")", .text))
            if totals.running > 0 { parts.append(("\(Format.count(totals.running)) running", .text)) }
            if totals.restarting > 0 { parts.append(("\(Format.count(totals.restarting)) restarting", .warning)) }
            if totals.paused > 0 { parts.append(("\(Format.count(totals.paused)) paused", .text)) }
            if totals.stopped > 0 { parts.append(("\(Format.count(totals.stopped)) stopped", .text)) }
        }
        if model.size.columns < 100 { parts = Array(parts.prefix(model.size.columns < 60 ? 0 : 2)) }
        return drawAtRight(parts + clock(model), model, on: &canvas)
    }

    /// Draws `parts` at the right of the first row. Returns where they begin.
    static func drawAtRight(_ parts: [(String, Style)], _ model: Model, on canvas: inout Canvas) -> Int {
        let start = model.size.columns - 1 - parts.reduce(-2) { $0 + $1.0.cells + 2 }
        var column = start
        for (text, style) in parts { column = canvas.put(text, 0, column, style) + 2 }
        return start
    }

    /// The time of what is shown, and how it differs from now.
    static func clock(_ model: Model) -> [(String, Style)] {
        let seconds = Int(model.now.nanoseconds / 1_000_000_000) + model.timeZone
        var parts: [(String, Style)] = []
        if model.back > 0, let live = model.history.clock(back: 0) {
            parts.append(("\(Format.duration(live.seconds(since: model.now))) ago", .warning))
        } else if model.frozen {
            parts.append(("frozen", .warning))
        }
        return parts + [(Format.clock(seconds), parts.isEmpty ? .value : .warning)]
    }

    private static func drawGauges(_ host: HostReading, _ model: Model, on canvas: inout Canvas) {
        let wide = model.size.columns >= 110
        let width = wide ? 18 : 8
        var column = canvas.put("CPU ", 1, model.back == 0 ? 1 : canvas.put("now ", 1, 1, .warning))
        let share = host.cpu.map { $0 / Double(max(1, host.cores)) }
        Gauge(share).draw(on: &canvas, 1, column, width: width, look: model.look)
        canvas.putRight(share.map(Format.percent) ?? "–", 1, end: column + width + 6, .value)
        column = canvas.put("MEM ", 1, column + width + 9)
        let used = host.memoryInUse.flatMap { used in host.memory.map { Double(used) / Double($0) } }
        Gauge(used).draw(on: &canvas, 1, column, width: width, look: model.look)
        column += width + 1
        column = canvas.put(host.memoryInUse.map(gibibytes) ?? "–", 1, column, .value)
        column = canvas.put("/\(host.memory.map(gibibytes) ?? "–")G", 1, column, .dim) + 3
        if column + 34 < model.size.columns { column = drawPressure(host, column, on: &canvas) + 3 }
        if model.back == 0 { drawHottest(model, column, on: &canvas) }
    }

    private static func gibibytes(_ bytes: UInt64) -> String { Format.fixed(Double(bytes) / 1_073_741_824, 1) }

    private static func drawPressure(_ host: HostReading, _ start: Int, on canvas: inout Canvas) -> Int {
        var column = canvas.put("pressure", 1, start) + 1
        for (word, pressure) in [("cpu", host.cpuPressure), ("mem", host.memoryPressure), ("io", host.ioPressure)] {
            column = canvas.put(word, 1, column, .dim) + 1
            guard let share = pressure?.some.average10 else {
                column = canvas.put("n/a", 1, column, .faint) + 2
                continue
            }
            let role: Role = share < 10 ? .value : share < 40 ? .warning : .bad
            column = canvas.put(Format.fixed(share, 1), 1, column, Style(role)) + 2
        }
        return column - 2
    }

    private static func drawHottest(_ model: Model, _ start: Int, on canvas: inout Canvas) {
        let parts = [(model.totals.hottestCPU, "cpu"), (model.totals.hottestMemory, "mem")]
        var column = start
        for (index, part) in parts.enumerated() {
            guard let name = part.0, column + 10 + name.cells + 5 < model.size.columns else { continue }
            if column == start { column = canvas.put("hottest", 1, column) + 1 }
            column = canvas.put(name, 1, column, index == 0 ? .warning : .value) + 1
            column = canvas.put(part.1, 1, column, .dim) + 2
        }
    }
}
