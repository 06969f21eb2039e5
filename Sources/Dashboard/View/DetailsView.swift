import Cgroups
import Linux
import Monitoring
import Records
import TerminalKit

/// Everything about one container on one screen.
enum DetailsView {
    static func draw(_ page: DetailsPage, _ model: Model, on canvas: inout Canvas) {
        guard let container = model.current else { return }
        PageTitle.draw(container, model, on: &canvas)
        drawTime(model, model.size.rows - 2, on: &canvas)
        let panes = PaneView(page: page, container: container, gauges: Gauges(container, model), model: model)
        for (pane, area) in arrangement(page, model) { panes.draw(pane, in: area, on: &canvas) }
    }

    static func arrangement(_ page: DetailsPage, _ model: Model) -> [(pane: Pane, area: Area)] {
        arrangement(page, Area(top: 1, left: 0, rows: model.size.rows - 3, columns: model.size.columns))
    }

    /// How many lines of `pane` are seen.
    static func rows(of pane: Pane, _ page: DetailsPage, _ model: Model) -> Int {
        guard let area = arrangement(page, model).first(where: { $0.pane == pane })?.area.inside else { return 0 }
        return pane == .processes ? ProcessesLayout(area).rows.count : max(0, area.rows)
    }

    /// Which panes are seen, and where: all of them where there is room; else some; else only the focused one.
    private static func arrangement(_ page: DetailsPage, _ body: Area) -> [(pane: Pane, area: Area)] {
        if page.zoomed || body.columns < 70 || body.rows < 15 { return [(page.focus, body)] }
        let upper: [Pane] = body.columns >= 150 ? [.cpu, .memory, .io] : [.cpu, .memory]
        if body.rows < 22 || body.columns < 100 {
            // Two rows: graphs above, the focused one of the others below.
            let half = max(6, body.rows * 2 / 5)
            let below: Pane = upper.contains(page.focus) ? .processes : page.focus
            let rest = Area(top: body.top + half, left: 0, rows: body.rows - half, columns: body.columns)
            return columns([.cpu, .memory], Area(top: body.top, left: 0, rows: half, columns: body.columns)) + [
                (below, rest)
            ]
        }
        let middle: [Pane] =
            body.columns >= 150
            ? [.processes, .pressure, .timeline]
            : [.processes, page.focus == .io ? .io : .pressure, .timeline]
        let heights = (max(7, body.rows / 4), max(8, body.rows / 4))
        let first = Area(top: body.top, left: 0, rows: heights.0, columns: body.columns)
        let second = Area(top: first.bottom, left: 0, rows: heights.1, columns: body.columns)
        let third = Area(top: second.bottom, left: 0, rows: body.bottom - second.bottom, columns: body.columns)
        return columns(upper, first) + columns(middle, second) + [(.log, third)]
    }

    private static func columns(_ panes: [Pane], _ area: Area) -> [(pane: Pane, area: Area)] {
        panes.enumerated().map { index, pane in
            let left = area.left + area.columns * index / panes.count
            let right = area.left + area.columns * (index + 1) / panes.count
            return (pane, Area(top: area.top, left: left, rows: area.rows, columns: right - left))
        }
    }

    /// Where in the history one stands.
    private static func drawTime(_ model: Model, _ row: Int, on canvas: inout Canvas) {
        guard model.status == nil, let live = model.history.clock(back: 0),
            let first = model.history.clock(back: model.history.depth)
        else { return }
        let span = Format.duration(live.seconds(since: first))
        let left = canvas.put("◂ \(span)", row, 1, .dim) + 1
        let right = model.size.columns - 8
        let width = right - left - 1
        guard width > 10 else { return }
        canvas.fill("─", row, left, count: width, .faint)
        let place = model.history.depth == 0 ? 0 : (width - 1) * model.back / max(1, model.history.depth)
        canvas.set(0x25CF, row, left + width - 1 - place, .key)
        canvas.put("now ▸", row, right, model.back == 0 ? .dim : .faint)
    }
}

/// The line at the top of a container's own pages.
enum PageTitle {
    static func draw(_ container: ContainerReading, _ model: Model, on canvas: inout Canvas) {
        var right = HeaderView.clock(model)
        if right.count == 1 { right.append(("live", .good)) }
        let end = HeaderView.drawAtRight(right, model, on: &canvas)
        var column = canvas.put(container.name, 0, 1, .strong, width: 40) + 2
        var parts: [(String, Style)] = [(container.image, .dim), state(container, model)]
        if container.restarts > 0 { parts.append(("restarted \(container.restarts)×", .text)) }
        parts.append((policy(container.restart), .dim))
        if !container.optOuts.isEmpty { parts.append((container.optOuts.joined(separator: ", "), .warning)) }
        if container.unsupervised { parts.append(("no supervisor", .warning)) }
        if container.optOuts.isEmpty, let isolation = model.isolation(of: container) { parts.append((isolation, .dim)) }
        if let health = container.health { parts.append((health.rawValue, health == .unhealthy ? .bad : .dim)) }
        parts.append((String(container.id.prefix(12)), .faint))
        for (text, style) in parts where !text.isEmpty && column + text.cells + 2 <= end {
            column = canvas.put(text, 0, column, style) + 2
        }
    }

    private static func state(_ container: ContainerReading, _ model: Model) -> (String, Style) {
        if model.gone?.id == container.id { return ("× removed", .warning) }
        if model.back > 0, let note = Notes.past(container, model.now).first { return (note.text, Style(note.role)) }
        return switch container.status {
        case .running(let running): ("● running \(Format.duration(model.now.seconds(since: running.started)))", .good)
        case .paused: ("‖ paused", .text)
        case .restarting: ("◐ restarting", .bad)
        case .created: ("○ created", .dim)
        case .exited(let exit): ("○ \(Notes.sentence(exit))", Notes.isFailure(exit, of: container) ? .bad : .dim)
        case .removing: ("× being removed", .dim)
        }
    }

    private static func policy(_ policy: RestartPolicy) -> String {
        switch policy {
        case .no: ""
        case .onFailure(let retries): "on-failure\(retries.map { ":\($0)" } ?? "")"
        case .always: "always"
        case .unlessStopped: "unless-stopped"
        }
    }
}
