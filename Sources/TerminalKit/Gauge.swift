/// A thin horizontal bar: `━━━━╸╺━━━━━`, in half cells; `=====-----` where the terminal has no more.
package struct Gauge: Sendable {
    /// 0…1; what is above is shown as full.
    package var fraction: Double?
    package var role: Role

    /// The usual colours: calm below 70 % of the limit, amber below 90, red above. Absent values leave an empty track.
    package init(_ fraction: Double?, role: Role? = nil) {
        self.fraction = fraction
        self.role = role ?? Gauge.role(of: fraction)
    }

    package static func role(of fraction: Double?) -> Role {
        guard let fraction else { return .good }
        return fraction < 0.7 ? .good : fraction < 0.9 ? .warning : .bad
    }

    package func draw(on canvas: inout Canvas, _ row: Int, _ column: Int, width: Int, look: Look) {
        guard width > 0 else { return }
        let share = min(max(fraction ?? 0, 0), 1)
        // Something is more than nothing: the smallest use shows half a cell.
        var halves = Int((share * Double(width * 2)).rounded())
        if halves == 0, share > 0.002 { halves = 1 }
        if !look.unicode {
            canvas.fill("=", row, column, count: (halves + 1) / 2, Style(role))
            canvas.fill("-", row, column + (halves + 1) / 2, count: width - (halves + 1) / 2, .faint)
            return
        }
        let (full, half) = (halves / 2, halves % 2)
        let track: Unicode.Scalar = look.coloured ? "━" : "─"
        canvas.fill("━", row, column, count: full, Style(role))
        canvas.fill(track, row, column + full, count: width - full, .faint)
        if half == 1 {
            canvas.set(0x2578, row, column + full, Style(role))
        } else if full > 0, full < width, look.coloured {
            canvas.set(0x257A, row, column + full, .faint)
        }
    }
}
