import Cgroups
import Linux
import Monitoring
import Records
import TerminalKit

/// One container's row.
struct ListRow {
    var container: ContainerReading
    var gauges: Gauges
    var model: Model

    private var isCurrent: Bool { container.id == model.selected }
    /// Had processes or was to have them again, at the moment that is looked at.
    private var isAlive: Bool { model.back == 0 ? container.status.isActive : isMeasured }
    /// Had processes that gauges tell of, at that moment.
    private var isMeasured: Bool {
        model.back == 0 ? container.status.running != nil : gauges.memory != nil || gauges.processes != nil
    }

    func draw(_ layout: ColumnLayout<ListSlot>, _ row: Int, on canvas: inout Canvas) {
        let notes = Notes.of(container, gauges, model)
        let room = room(for: notes, layout)
        for slot in layout.slots where slot.right < room.lowerBound {
            switch slot.id {
            case .sign: drawSign(slot, row, on: &canvas, hot: notes.contains { $0.role == .warning || $0.role == .bad })
            case .name:
                let style = Style(isAlive ? .value : .dim, bold: isCurrent)
                // What comes in numbers is told apart by its end.
                canvas.put(container.name.abridged(to: slot.width), row, slot.left, style, width: slot.width)
            case .note: continue
            case .column(let kind): draw(kind, slot, row, on: &canvas)
            }
        }
        // Beside the bar that says how much of the list is seen, one cell stays free.
        let end = room.upperBound - (ListView.hasBar(model) ? 1 : 0)
        var column = room.lowerBound
        for note in notes where column < end {
            column = canvas.put(note.text, row, column, Style(note.role), width: end - column) + 2
        }
        if model.marked.contains(container.id) { canvas.set(0x258C, row, 0, .key) }
        if isCurrent { canvas.ground(.selected, row, 0..<model.size.columns) }
    }

    /// Where the notes stand. Of what does not run the reason is all there is to say: where its own place is too small, it
    /// begins further left, over gauges that are empty and a count of restarts.
    private func room(for notes: [Note], _ layout: ColumnLayout<ListSlot>) -> Range<Int> {
        let place = layout[.note].map { $0.left..<$0.right }
        if isMeasured || notes.isEmpty { return place ?? model.size.columns..<model.size.columns }
        let end = place?.upperBound ?? model.size.columns - 1
        let wanted = end - notes.reduce(-2) { $0 + $1.text.cells + 2 }
        let taken = layout.slots.last { !isVacant($0.id) }?.right ?? 0
        return min(max(taken + 2, min(wanted, place?.lowerBound ?? end)), end)..<end
    }

    /// Whether nothing that would be missed stands in a slot while nothing runs.
    private func isVacant(_ slot: ListSlot) -> Bool {
        switch slot {
        case .sign, .name, .column(.id), .column(.image), .column(.command): false
        case .column(.health): container.health == nil
        case .column(.ports): container.ports.isEmpty
        case .note, .column: true
        }
    }

    private func drawSign(
        _ slot: ColumnLayout<ListSlot>.Slot, _ row: Int, on canvas: inout Canvas, hot: Bool
    ) {
        let (sign, role): (UInt32, Role) =
            switch container.status {
            case .running: (0x25CF, hot ? .warning : .good)
            case .paused: (0x2016, .dim)
            case .restarting: (0x25D0, .bad)
            case .created: (0x25CB, .faint)
            case .exited(let exit): (0x25CB, Notes.isFailure(exit, of: container) ? .bad : .dim)
            case .removing: (0x00D7, .dim)
            }
        canvas.set(sign, row, slot.left, Style(role))
    }

    private func draw(
        _ kind: ListColumn, _ slot: ColumnLayout<ListSlot>.Slot, _ row: Int, on canvas: inout Canvas
    ) {
        switch kind {
        case .id: canvas.put(String(container.id.prefix(12)), row, slot.left, .dim)
        case .image: canvas.put(container.image, row, slot.left, .dim, width: slot.width)
        case .command:
            canvas.put(
                container.command.joined(separator: " ").onOneLine, row, slot.left, .dim, width: slot.width)
        case .ports:
            canvas.put(Self.ports(of: container), row, slot.left, isAlive ? .value : .dim, width: slot.width)
        case .restarts:
            canvas.putRight("\(container.restarts)", row, end: slot.right, container.restarts == 0 ? .faint : .value)
        case .health: drawHealth(slot, row, on: &canvas)
        case .uptime:
            guard let running = container.status.running, running.started <= model.now else { return }
            canvas.putRight(
                Format.duration(model.now.seconds(since: running.started)), row, end: slot.right, .value)
        case _ where !isMeasured: return
        case .cpu: drawCPU(slot, row, on: &canvas)
        case .memory: drawMemory(slot, row, on: &canvas)
        case .processes:
            let limit = slot.width >= 9 ? container.limits.processes : nil
            drawNumber(
                gauges.processes.map { "\(Int($0))" },
                role(gauges.processes, container.limits.processes.map { Double($0) }),
                row, end: slot.left + 4, on: &canvas)
            if let limit { canvas.put("/\(limit)", row, slot.left + 4, .dim) }
        case .net: drawRates(gauges.received, gauges.sent, slot, row, on: &canvas)
        case .disk: drawRates(gauges.diskRead, gauges.diskWritten, slot, row, on: &canvas)
        case .pressure:
            for (index, value) in [gauges.pressure.cpu, gauges.pressure.memory, gauges.pressure.io].enumerated() {
                let role: Role = (value ?? 0) < 10 ? (value ?? 0) < 0.5 ? .faint : .value : .warning
                canvas.putRight(
                    value.map { Format.fixed($0, 0) } ?? "–", row, end: slot.left + 3 + index * 4,
                    Style(value == nil ? .faint : role))
            }
        }
    }

    static func ports(of container: ContainerReading) -> String {
        container.ports.map(\.brief).joined(separator: " ")
    }

    private func role(_ value: Double?, _ limit: Double?) -> Role {
        guard let value, let limit, limit > 0, value / limit >= 0.9 else { return .value }
        return .bad
    }

    private func drawCPU(_ slot: ColumnLayout<ListSlot>.Slot, _ row: Int, on canvas: inout Canvas) {
        let bar = slot.width - 13
        let cores = model.snapshot?.host.cores ?? 1
        let share = ContainerReading.share(gauges.cpu, of: gauges.cpuLimit, else: Double(cores))
        if bar > 0 { Gauge(share).draw(on: &canvas, row, slot.left, width: bar, look: model.look) }
        let start = slot.left + (bar > 0 ? bar + 1 : 0)
        let shown = gauges.cpuLimit == nil ? gauges.cpu : share
        let style: Style = (shown ?? 0) >= 0.9 && gauges.cpuLimit != nil ? .warning : .value
        canvas.putRight(shown.map(Format.percent) ?? "–", row, end: start + 5, shown == nil ? .faint : style)
        guard slot.width >= 12 else { return }
        let of = gauges.cpuLimit.map { " of \(Format.cores($0))" } ?? " /core"
        canvas.put(of, row, start + 5, .dim, width: 7)
    }

    private func drawMemory(_ slot: ColumnLayout<ListSlot>.Slot, _ row: Int, on canvas: inout Canvas) {
        let bar = slot.width - 11
        let limit = gauges.memoryLimit
        let whole = model.snapshot?.host.memory.map { Double($0) }
        let share = ContainerReading.share(gauges.memory, of: limit, else: whole)
        if bar > 0 { Gauge(share).draw(on: &canvas, row, slot.left, width: bar, look: model.look) }
        let start = slot.left + (bar > 0 ? bar + 2 : 0)
        drawNumber(gauges.memory.map(Format.bytes), role(gauges.memory, limit), row, end: start + 4, on: &canvas)
        if slot.width >= 9 { canvas.put("/\(limit.map(Format.bytes) ?? "∞")", row, start + 4, .dim, width: 5) }
    }

    private func drawRates(
        _ first: Double?, _ second: Double?, _ slot: ColumnLayout<ListSlot>.Slot, _ row: Int, on canvas: inout Canvas
    ) {
        drawNumber(first.map(Format.bytes), .value, row, end: slot.left + 4, on: &canvas)
        drawNumber(second.map(Format.bytes), .value, row, end: slot.left + 10, on: &canvas)
    }

    private func drawNumber(_ text: String?, _ role: Role, _ row: Int, end: Int, on canvas: inout Canvas) {
        let style: Style = text == nil || text == "0" ? .faint : Style(role)
        canvas.putRight(text ?? "–", row, end: end, style)
    }

    private func drawHealth(_ slot: ColumnLayout<ListSlot>.Slot, _ row: Int, on canvas: inout Canvas) {
        switch container.health {
        case .healthy: canvas.put("healthy", row, slot.left, .good)
        case .unhealthy: canvas.put("unhealthy", row, slot.left, .bad)
        case .starting: canvas.put("starting", row, slot.left, .dim)
        case nil: canvas.put("–", row, slot.left, .faint)
        }
    }
}
