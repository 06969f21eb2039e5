import Cgroups
import Linux
import Monitoring
import Records
import TerminalKit

/// One pane of the details page.
struct PaneView {
    var page: DetailsPage
    var container: ContainerReading
    var gauges: Gauges
    var model: Model

    func draw(_ pane: Pane, in area: Area, on canvas: inout Canvas) {
        let inside = area.inside
        PaneFrame(pane.title, right: right(pane, rows: inside.rows), focused: page.focus == pane)
            .draw(on: &canvas, in: area)
        guard inside.rows > 0, inside.columns > 4 else { return }
        let scroll = page.focus == pane ? page.scroll : 0
        switch pane {
        case .cpu:
            graph(
                .cpu, limit: container.limits.cpus, least: 0.1, inside, on: &canvas, scale: Format.percent)
        case .memory:
            let limit = container.limits.memory.map { Double($0) }
            graph(.memory, limit: limit, least: 1_048_576, inside, on: &canvas, scale: Format.bytes)
        case .io: drawTraffic(inside, on: &canvas)
        case .pressure: drawPressure(inside, on: &canvas)
        case .processes:
            drawProcesses(inside, on: &canvas)
            if !container.status.isActive { canvas.put("it does not run; s starts it", inside.top, inside.left, .dim) }
        case .timeline: drawTimeline(inside, scroll, on: &canvas)
        case .log: drawLog(inside, on: &canvas)
        }
    }

    /// How many lines `pane` has to be scrolled through. Processes have a cursor, and of the log its end is what counts.
    static func lines(of pane: Pane, _ model: Model) -> Int {
        guard let details = model.details, details.id == model.selected else { return 0 }
        return switch pane {
        case .timeline: details.events.count
        case .cpu, .memory, .io, .processes, .pressure, .log: 0
        }
    }

    private var details: ContainerDetails? { model.details.flatMap { $0.id == container.id ? $0 : nil } }

    private func right(_ pane: Pane, rows: Int) -> [(String, Style)] {
        switch pane {
        case .cpu:
            guard let cpu = gauges.cpu else { return [("–", .faint)] }
            var parts: [(String, Style)] = [(Format.percent(cpu), .value)]
            if let limit = gauges.cpuLimit {
                parts.append(("  \(Format.percent(cpu / limit)) of \(Format.cores(limit)) cores", .text))
            }
            if let throttled = gauges.throttled, throttled >= 0.01 {
                parts.append(("  throttled \(Format.percent(throttled))", .warning))
            }
            return parts
        case .memory:
            guard let memory = gauges.memory else { return [(container.absence, .faint)] }
            var parts: [(String, Style)] = [(Format.bytes(memory), .value)]
            let other = container.limits.memory == nil ? ", unlimited" : ""
            parts.append((gauges.memoryLimit.map { " of \(Format.bytes($0))" } ?? other, .text))
            if model.back > 0 { return parts }
            if let programs = container.usage.memoryOfPrograms, let cache = container.usage.pageCache {
                parts.append(("  cache \(Format.bytes(cache))", .dim))
                parts.append(("  programs \(Format.bytes(programs))", .dim))
            }
            if let peak = container.usage.memoryPeak { parts.append(("  peak \(Format.bytes(peak))", .dim)) }
            return parts
        case .io: return network
        case .processes:
            if model.back > 0 { return [("now", .warning)] }
            guard let count = gauges.processes else { return [] }
            return [("\(Int(count))", .value), (container.limits.processes.map { " of \($0)" } ?? "", .dim)]
        case .pressure:
            func part(_ word: String, _ value: Double?) -> [(String, Style)] {
                [
                    ("\(word) ", .dim),
                    ((value.map { Format.fixed($0, 0) } ?? container.absence) + " ", value == nil ? .faint : .value),
                ]
            }
            return part("cpu", gauges.pressure.cpu) + part(" mem", gauges.pressure.memory)
                + part(" io", gauges.pressure.io)
        case .timeline: return []
        case .log:
            if details?.log.isEmpty != false { return [("empty", .dim)] }
            if model.back > 0, page.log.follows { return [("until then", .warning)] }
            return [LogLayout(pane: page.log, model, rows: rows).state(frozen: model.frozen)]
        }
    }

    /// What has passed its interfaces in all, and what has not.
    private var network: [(String, Style)] {
        guard model.back == 0, let network = container.network else { return [("in and out, bytes a second", .dim)] }
        var parts: [(String, Style)] = [
            ("net ", .dim), ("\(Format.bytes(network.received)) in, \(Format.bytes(network.sent)) out", .value),
        ]
        if network.dropped > 0 { parts.append(("  \(network.dropped) dropped", .warning)) }
        if network.errors > 0 { parts.append(("  \(network.errors) errors", .bad)) }
        return parts
    }

    private func drawProcesses(_ area: Area, on canvas: inout Canvas) {
        let (processes, layout) = (model.processes, ProcessesLayout(area))
        if processes.isEmpty { return }
        let isFocused = page.focus == .processes
        let first = isFocused ? ProcessesView.first(page, processes, rows: layout.rows.count) : 0
        ProcessesView(processes: processes, order: model.processOrder, cursor: page.cursor(in: processes))
            .draw(layout, scroll: first, on: &canvas)
    }

    private func drawTimeline(_ area: Area, _ scroll: Int, on canvas: inout Canvas) {
        let events = Array((details?.events ?? []).reversed())
        let first = min(scroll, max(0, events.count - area.rows))
        for row in 0..<area.rows where events.indices.contains(first + row) {
            let event = events[first + row]
            let column = canvas.put(Times.text(event.time, model), area.top + row, area.left, .dim) + 2
            canvas.put(
                Times.sentence(event), area.top + row, column, Style(Times.role(event)), width: area.right - column)
        }
        if events.isEmpty { canvas.put("nothing has happened yet", area.top, area.left, .faint) }
    }

    private func drawLog(_ area: Area, on canvas: inout Canvas) {
        let layout = LogLayout(pane: page.log, model, rows: area.rows)
        let first = layout.top(layout.clamped(page.log.place)).index
        for (row, line) in layout.lines[first...].prefix(area.rows).enumerated() {
            let column =
                canvas.put(
                    Times.text(line.time, model, milliseconds: area.columns >= 60), area.top + row, area.left, .dim) + 2
            canvas.put(
                LogText.clean(line.text), area.top + row, column, LogText.style(line), width: area.right - column)
        }
        if details?.log.isEmpty != false { canvas.put("it has written nothing yet", area.top, area.left, .faint) }
    }
}
