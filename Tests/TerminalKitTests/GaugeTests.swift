import TerminalKit
import Testing

@Suite struct GaugeTests {
    @Test(
        arguments: [
            (nil, "──────────"), (0, "──────────"), (0.004, "╸─────────"), (0.5, "━━━━━─────"), (0.55, "━━━━━╸────"),
            (1, "━━━━━━━━━━"), (7, "━━━━━━━━━━"), (-1, "──────────"),
        ] as [(Double?, String)])
    func `a gauge fills by half cells, and shows the least use`(fraction: Double?, bar: String) {
        var canvas = Canvas(columns: 10, rows: 1)
        Gauge(fraction).draw(on: &canvas, 0, 0, width: 10, look: Look(coloured: false))
        #expect(canvas.text == bar)
    }

    @Test func `without Unicode a gauge is made of equals signs`() {
        var canvas = Canvas(columns: 8, rows: 1)
        Gauge(0.5).draw(on: &canvas, 0, 0, width: 8, look: Look(unicode: false))
        #expect(canvas.text == "====----")
    }

    @Test(arguments: [(0.5, Role.good), (0.7, .warning), (0.89, .warning), (0.9, .bad), (2, .bad)] as [(Double, Role)])
    func `colour is for state: calm, amber from 70 percent, red from 90`(fraction: Double, role: Role) {
        #expect(Gauge.role(of: fraction) == role)
    }

    @Test func `a graph grows from below, two samples a cell, the newest at the right`() {
        var canvas = Canvas(columns: 3, rows: 2)
        Graph([0.5, 0.5, 1, 1, nil, 0.1], top: 1) { _ in .good }
            .draw(on: &canvas, in: Area(top: 0, left: 0, rows: 2, columns: 3), look: Look())
        #expect(canvas.text == " ⣿\n⣿⣿⢀")
    }

    @Test func `a sparkline scales to its top`() {
        var canvas = Canvas(columns: 5, rows: 1)
        Sparkline([0, 0.5, 1, 4, nil], top: 1).draw(on: &canvas, 0, 0, width: 5) { _ in .key }
        #expect(canvas.text == " ▄██")
    }
}
