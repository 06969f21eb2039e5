import Cgroups
import Monitoring
import Records
import TerminalKit

/// The limits of one container, or of several by the gauges of one, beside live gauges, below the list.
enum LimitsView {
    private static let spacious = 12

    /// Rows it takes: a rule, the limits, a line for warnings; with blank lines where there is room.
    static func height(_ model: Model) -> Int {
        let room = model.size.rows - HeaderView.height(model) - 1 - 2
        let wanted = LimitRow.allCases.count + 2
        if room >= wanted + 3 + 3 { return wanted + 3 }
        return max(3, min(wanted, room - 1))
    }

    static func draw(_ panel: LimitsPanel, _ model: Model, on canvas: inout Canvas) {
        guard let container = model.snapshot?.containers.first(where: { $0.id == panel.id }) ?? model.gone else {
            return
        }
        let height = height(model)
        // Right below the rows, where the eye is.
        let top = min(model.size.rows - 2 - height, ListView.firstRow(model) + model.listHeight + (height > 12 ? 1 : 0))
        let airy = height >= LimitRow.allCases.count + 5
        let others = panel.others.isEmpty ? "" : " and \(Format.count(panel.others.count)) more"
        drawRule(container.name + others, top, model, on: &canvas)
        let first = top + (airy ? 2 : 1)
        let shown = max(1, min(LimitRow.allCases.count, height - (airy ? 5 : 2)))
        let scrolled = min(max(0, panel.row.rawValue - shown + 1), LimitRow.allCases.count - shown)
        for (place, row) in LimitRow.allCases[scrolled..<scrolled + shown].enumerated() {
            LimitLine(row: row, panel: panel, container: container, model: model).draw(first + place, on: &canvas)
        }
        if let notice = panel.notice {
            let line = first + shown + (airy ? 1 : 0)
            // Down to the status line nothing else stands.
            let rows = min(max(1, model.size.rows - 2 - line), 3)
            for (row, text) in notice.text.folded(model.size.columns - 4, rows: rows).enumerated() {
                canvas.put(text, line + row, 3, Style(notice.role), width: model.size.columns - 4)
            }
        }
    }

    private static func drawRule(_ name: String, _ row: Int, _ model: Model, on canvas: inout Canvas) {
        let width = model.size.columns
        canvas.fill("─", row, 1, count: width - 2, .faint)
        let end = canvas.put(" Limits of \(name) ", row, 2, .strong, width: width - 4)
        let note = " applied at once, kept for restarts "
        if end + note.cells + 4 < width { canvas.putRight(note, row, end: width - 3, .dim) }
    }
}

/// One limit: its value, a gauge of what is in use, words on it, its last minute, and what suffers from it.
private struct LimitLine {
    var row: LimitRow
    var panel: LimitsPanel
    var container: ContainerReading
    var model: Model

    private var isCurrent: Bool { row == panel.row }

    func draw(_ line: Int, on canvas: inout Canvas) {
        let width = model.size.columns
        canvas.put(row.title, line, 3, isCurrent ? .strong : .text)
        drawValue(line, end: 28, on: &canvas)
        let gauge = width >= 150 ? 24 : width >= 130 ? 18 : width >= 90 ? 14 : 0
        let gauges = Gauges(container, model)
        let (fraction, words) = inUse(gauges)
        var column = 32
        if gauge > 0, row != .weight, row != .cores {
            let role: Role? = row.isRate ? limited ? nil : .key : nil
            Gauge(fraction, role: role).draw(on: &canvas, line, column, width: gauge, look: model.look)
        }
        column += gauge > 0 ? gauge + 2 : 0
        let history = width >= 130 ? 30 : width >= 110 ? 20 : 0
        canvas.put(words, line, column, isCurrent ? .value : .text, width: max(10, min(31, width - column - 1)))
        column += 32
        if history > 0, let (samples, top) = series(history) {
            Sparkline(samples, top: top).draw(on: &canvas, line, column, width: history) { share in
                limited ? Gauge.role(ofPast: Double(share)) : .key
            }
        }
        column += history + 2
        if let (text, role) = suffering(gauges), column < width - 10 {
            canvas.put(text, line, column, Style(role), width: width - column - 1)
        }
        if isCurrent {
            canvas.set(0x258C, line, 1, .key)
            canvas.ground(.selected, line, 1..<width - 1)
        }
    }

    private func drawValue(_ line: Int, end: Int, on canvas: inout Canvas) {
        if isCurrent, let field = panel.field {
            canvas.put("▸", line, end - 11, .key)
            field.draw(
                on: &canvas, line, end - 9, width: 12, style: Style(.value, bold: true, underline: true), focused: true)
            return
        }
        let limits = isCurrent ? panel.pending ?? panel.limits : panel.limits
        var style: Style = row.text(limits) == nil ? .dim : isCurrent ? .strong : .value
        if isCurrent, panel.pending != nil { style = Style(.warning, bold: true) }
        canvas.putRight(row.word(limits), line, end: end, style)
        guard isCurrent else { return }
        canvas.put("‹", line, 15, .key)
        canvas.put("›", line, end + 1, .key)
    }

    private var limited: Bool { row.text(panel.limits) != nil }

    /// How much of the limit is used, and in words.
    private func inUse(_ gauges: Gauges) -> (Double?, String) {
        let host = model.snapshot?.host
        let cores = Double(host?.cores ?? 1)
        func share(_ value: Double?, _ limit: Double?, _ whole: Double?) -> Double? {
            ContainerReading.share(value, of: limit, else: whole)
        }
        switch row {
        case .cpu:
            let words = gauges.cpu.map { "\(Format.fixed($0, 2)) of \(Format.cores(cores)) cores in use" } ?? "–"
            return (share(gauges.cpu, panel.limits.cpus, cores), words)
        case .weight: return (nil, "its share when CPU is short")
        case .cores: return (nil, limited ? "may run on these" : "may run on all \(Int(cores))")
        case .memory:
            let none = container.status.running == nil ? container.absence : "n/a: no memory controller"
            var words = gauges.memory.map { "\(Format.size(UInt64($0))) in use" } ?? none
            if model.back == 0, let programs = container.usage.memoryOfPrograms, let cache = container.usage.pageCache {
                words = "\(Format.size(programs)) programs, \(Format.size(cache)) cache"
            }
            return (
                share(gauges.memory, panel.limits.memory.map { Double($0) }, host?.memory.map { Double($0) }), words
            )
        case .swap:
            let swap = container.usage.swap.map { Double($0) }
            let limit = panel.limits.swap.map { Double(max($0, 1)) }
            return (
                share(swap, limit, host?.memory.map { Double($0) }),
                swap.map { $0 == 0 ? "none in use" : "\(Format.size(UInt64($0))) in use" } ?? container.absence
            )
        case .processes:
            return (
                share(gauges.processes, panel.limits.processes.map { Double($0) }, nil),
                gauges.processes.map { "\(Int($0)) there" } ?? container.absence
            )
        case .diskRead: return rate(gauges.diskRead, row.rate(panel.limits))
        case .diskWrite: return rate(gauges.diskWritten, row.rate(panel.limits))
        case .received: return rate(gauges.received, row.rate(panel.limits))
        case .sent: return rate(gauges.sent, row.rate(panel.limits))
        }
    }

    private func rate(_ value: Double?, _ limit: UInt64?) -> (Double?, String) {
        guard let value else { return (nil, "–") }
        let peak = Double(series(60)?.top ?? 1)
        let words = value < 1 ? "0" : "\(Format.size(UInt64(value)))/s"
        return (ContainerReading.share(value, of: limit.map { Double($0) }, else: max(peak * 1.5, 1)), words)
    }

    private func series(_ length: Int) -> (samples: [Float?], top: Float)? {
        let (series, limit): (Series, Double?)
        switch row {
        case .cpu: (series, limit) = (.cpu, panel.limits.cpus)
        case .memory: (series, limit) = (.memory, panel.limits.memory.map { Double($0) })
        case .processes: (series, limit) = (.processes, panel.limits.processes.map { Double($0) })
        case .diskRead: (series, limit) = (.diskRead, row.rate(panel.limits).map { Double($0) })
        case .diskWrite: (series, limit) = (.diskWritten, row.rate(panel.limits).map { Double($0) })
        case .received: (series, limit) = (.received, row.rate(panel.limits).map { Double($0) })
        case .sent: (series, limit) = (.sent, row.rate(panel.limits).map { Double($0) })
        case .weight, .cores, .swap: return nil
        }
        let samples = model.history.values(series, of: container.id, last: length, back: model.back)
        return (samples, limit.map { Float($0) } ?? max(samples.compactMap(\.self).max() ?? 1, 0.05))
    }

    private func suffering(_ gauges: Gauges) -> (String, Role)? {
        switch row {
        case .cpu:
            guard let throttled = gauges.throttled, throttled >= 0.01 else { return nil }
            return ("throttled \(Format.percent(throttled))", .warning)
        case .memory:
            if let kills = container.usage.oomKills, kills > 0 { return ("\(kills) killed, out of memory", .bad) }
            guard let some = container.usage.memoryPressure?.some.average10, some >= 1 else { return nil }
            let full = container.usage.memoryPressure?.full?.average10 ?? 0
            return (
                "pressure some \(Format.fixed(some, 0)) full \(Format.fixed(full, 0))", some >= 10 ? .bad : .warning
            )
        case .diskRead:
            guard let some = gauges.pressure.io, some >= 1 else { return nil }
            return ("pressure \(Format.fixed(some, 0))", .warning)
        default: return nil
        }
    }
}
