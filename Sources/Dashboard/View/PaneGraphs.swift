import Cgroups
import Monitoring
import Records
import TerminalKit

/// The panes that draw history, each graph with its scale beside it.
extension PaneView {
    func samples(_ series: Series, _ area: Area) -> [Float?] {
        model.history.values(series, of: container.id, last: Graph.capacity(area.columns), back: model.back)
    }

    /// Up to the limit, or to what was used under a higher one before.
    func graph(
        _ series: Series, limit: Double?, least: Float, _ area: Area, on canvas: inout Canvas,
        scale: (Double) -> String
    ) {
        let samples = samples(series, area)
        let highest = samples.compactMap(\.self).max()
        let top = max(limit.map { Float($0) } ?? (highest ?? 0) * 1.2, highest ?? 0, least)
        let label = scale(Double(top))
        let plot = Self.plot(in: area, label: label)
        if highest != nil, plot.left > area.left {
            canvas.put(label, area.top, area.left, .dim)
            canvas.put("0", area.bottom - 1, area.left, .faint)
        }
        let seen = Array(samples.suffix(Graph.capacity(plot.columns)))
        Graph(seen, top: top) { value in Gauge.role(ofPast: limit.map { Double(value) / $0 }) }
            .draw(on: &canvas, in: plot, look: model.look)
    }

    /// What an axis leaves of `area`, where there is room for one.
    private static func plot(in area: Area, label: String) -> Area {
        guard area.rows >= 2, area.columns >= 20 else { return area }
        let axis = max(5, label.cells + 1)
        return Area(top: area.top, left: area.left + axis, rows: area.rows, columns: area.columns - axis)
    }

    func drawPressure(_ area: Area, on canvas: inout Canvas) {
        let series: [(Series, String, Role)] = [
            (.cpuPressure, "cpu", .key), (.memoryPressure, "mem", .bad), (.ioPressure, "io", .warning),
        ]
        if gauges.pressure.cpu == nil, gauges.pressure.memory == nil, gauges.pressure.io == nil,
            container.status.running != nil
        {
            canvas.put("n/a: the kernel tells none here", area.top, area.left, .dim, width: area.columns)
            return
        }
        drawStack(series, area, on: &canvas)
    }

    func drawTraffic(_ area: Area, on canvas: inout Canvas) {
        let series: [(Series, String, Role)] = [
            (.received, "↓", .key), (.sent, "↑", .good), (.diskRead, "r", .key), (.diskWritten, "w", .good),
        ]
        drawStack(series, area, on: &canvas, numbers: true)
    }

    /// Graphs below each other, as many as there is room for, each with its word at the left of its first row, and below
    /// that, where it has more than a row, the value at its top edge; none while hardly anything is measured.
    private func drawStack(
        _ graphs: [(series: Series, word: String, role: Role)], _ area: Area, on canvas: inout Canvas,
        numbers: Bool = false
    ) {
        let count = min(graphs.count, area.rows)
        guard count > 0 else { return }
        let label = numbers ? 7 : 5
        let floor: Float = numbers ? 1_024 : 10
        for (index, item) in graphs.prefix(count).enumerated() {
            let top = area.top + area.rows * index / count
            let bottom = area.top + area.rows * (index + 1) / count
            let part = Area(top: top, left: area.left + label, rows: bottom - top, columns: area.columns - label)
            let values = samples(item.series, part)
            let now = values.last ?? nil
            let text = numbers ? "\(item.word) \(now.map { Format.bytes(Double($0)) } ?? "–")" : item.word
            canvas.put(text, top, area.left, .dim)
            let highest = values.compactMap(\.self).max() ?? 0
            let edge = numbers ? max(highest, floor) : min(100, max(highest, floor) * 1.25)
            if highest >= floor, part.rows >= 2 {
                let scale = numbers ? "\(Format.bytes(Double(edge)))/s" : Format.percent(Double(edge) / 100)
                canvas.putRight(scale, top + 1, end: part.left - 1, .faint)
            }
            let role = item.role
            Graph(values, top: edge) { _ in role }.draw(on: &canvas, in: part, look: model.look)
        }
    }
}
