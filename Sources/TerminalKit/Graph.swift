/// History drawn as filled columns of braille dots, two samples a cell, four dots a cell high; newest at the right.
package struct Graph: Sendable {
    /// Oldest first; `nil` where there was nothing to measure.
    package var samples: [Float?]
    /// The value at the top edge.
    package var top: Float
    package var role: @Sendable (Float) -> Role

    package init(_ samples: [Float?], top: Float, role: @escaping @Sendable (Float) -> Role) {
        self.samples = samples
        self.top = max(top, .leastNormalMagnitude)
        self.role = role
    }

    /// How many samples an area that wide shows.
    package static func capacity(_ columns: Int) -> Int { columns * 2 }

    package func draw(on canvas: inout Canvas, in area: Area, look: Look) {
        guard area.rows > 0, area.columns > 0 else { return }
        let shown = samples.suffix(Self.capacity(area.columns))
        let offset = Self.capacity(area.columns) - shown.count
        let dots = area.rows * 4
        for column in 0..<area.columns {
            let left = value(shown, column * 2 - offset), right = value(shown, column * 2 + 1 - offset)
            guard let highest = [left, right].compactMap(\.self).max() else { continue }
            let style = Style(role(highest))
            let heights = (height(left, dots), height(right, dots))
            for row in 0..<area.rows {
                let floor = (area.rows - 1 - row) * 4
                let bits =
                    Self.left[min(max(heights.0 - floor, 0), 4)] | Self.right[min(max(heights.1 - floor, 0), 4)]
                if bits != 0 { canvas.set(0x2800 + bits, area.top + row, area.left + column, style) }
            }
        }
    }

    private func value(_ shown: ArraySlice<Float?>, _ index: Int) -> Float? {
        index >= 0 && index < shown.count ? shown[shown.startIndex + index] : nil
    }

    private func height(_ value: Float?, _ dots: Int) -> Int {
        guard let value, value > 0 else { return value == nil ? 0 : 1 }
        return max(1, Int((min(value / top, 1) * Float(dots)).rounded()))
    }

    // Dots of a braille cell filled from below: 7 3 2 1 at the left, 8 6 5 4 at the right.
    private static let left: [UInt32] = [0, 0x40, 0x44, 0x46, 0x47]
    private static let right: [UInt32] = [0, 0x80, 0xA0, 0xB0, 0xB8]
}

/// History in one row of eighth blocks, a sample a cell; newest at the right.
package struct Sparkline: Sendable {
    package var samples: [Float?]
    package var top: Float

    package init(_ samples: [Float?], top: Float) {
        self.samples = samples
        self.top = max(top, .leastNormalMagnitude)
    }

    package func draw(
        on canvas: inout Canvas, _ row: Int, _ column: Int, width: Int, role: (Float) -> Role
    ) {
        let shown = samples.suffix(max(0, width))
        for (index, sample) in shown.enumerated() {
            guard let sample else { continue }
            let eighths = sample <= 0 ? 0 : max(1, Int((min(sample / top, 1) * 8).rounded()))
            let place = column + width - shown.count + index
            if eighths > 0 { canvas.set(0x2580 + UInt32(eighths), row, place, Style(role(sample / top))) }
        }
    }
}
