import Cgroups
import Linux
import Monitoring
import Records
import TerminalKit

/// The end of a row: why it is as it is.
struct Note: Hashable {
    var text: String
    var role: Role
}

enum Notes {
    /// The most important first.
    static func of(_ container: ContainerReading, _ gauges: Gauges, _ model: Model) -> [Note] {
        if model.back > 0 { return past(container, model.now) + troubles(gauges) }
        var notes: [Note] = []
        if let work = model.busy[container.id] { notes.append(Note(text: "\(work.word) …", role: .key)) }
        switch container.status {
        case .created: notes.append(Note(text: "created, not started", role: .dim))
        case .removing: notes.append(Note(text: "being removed", role: .dim))
        case .paused: notes.append(Note(text: "paused", role: .text))
        case .restarting(let at, let attempt, let last):
            let wait = at.seconds(since: model.now)
            notes.append(
                Note(
                    text: "restart \(attempt) in \(wait < 10 ? "\(Format.fixed(wait, 1))s" : Format.duration(wait))",
                    role: .bad))
            notes.append(Note(text: sentence(last), role: .bad))
        case .exited(let exit):
            let ago = Format.age(model.now.seconds(since: exit.at))
            notes.append(Note(text: "\(sentence(exit)), \(ago)", role: isFailure(exit, of: container) ? .bad : .dim))
        case .running(let running):
            // Between two failures it looks as one that is well.
            if container.restarts > 0, model.now.seconds(since: running.started) < 60 {
                notes.append(Note(text: "restarted \(container.restarts)×", role: .warning))
            }
        }
        if container.unsupervised, container.status.isActive {
            notes.append(Note(text: "no supervisor", role: .warning))
        }
        if container.health == .unhealthy { notes.append(Note(text: "unhealthy", role: .bad)) }
        guard container.status.isRunning else { return notes }
        if let kills = container.usage.oomKills, kills > 0 {
            notes.append(Note(text: "\(kills) killed, out of memory", role: .bad))
        }
        return notes + troubles(gauges)
    }

    /// What is known now of how it was then.
    static func past(_ container: ContainerReading, _ then: Timestamp) -> [Note] {
        let text: String? =
            switch container.status {
            case .created: container.created > then ? "made since" : "created, not started"
            case .removing: "being removed now"
            case .running(let running), .paused(let running):
                running.started > then ? "started since" : container.status.isPaused ? "paused now" : nil
            case .restarting: "restarting now"
            case .exited(let exit):
                exit.at > then ? "exited since" : "\(sentence(exit)), \(Format.age(then.seconds(since: exit.at)))"
            }
        return text.map { [Note(text: $0, role: .dim)] } ?? []
    }

    private static func troubles(_ gauges: Gauges) -> [Note] {
        var notes: [Note] = []
        if let throttled = gauges.throttled, throttled >= 0.05 {
            notes.append(Note(text: "throttled \(Format.percent(throttled))", role: .warning))
        }
        for (word, pressure) in [("mem", gauges.pressure.memory), ("io", gauges.pressure.io)] {
            guard let pressure, pressure >= 5 else { continue }
            notes.append(
                Note(text: "\(word) pressure \(Format.fixed(pressure, 0))", role: pressure >= 40 ? .bad : .warning))
        }
        // A limited CPU is waited for by design; only what isn't throttled is told so.
        if let pressure = gauges.pressure.cpu, pressure >= 25, (gauges.throttled ?? 0) < 0.05 {
            notes.append(Note(text: "cpu pressure \(Format.fixed(pressure, 0))", role: .warning))
        }
        return notes
    }

    /// How it ended, in words: `exited 1`, `killed by KILL`, `exited 137, out of memory`.
    static func sentence(_ exit: Exit) -> String {
        if exit.outOfMemory { return "exited \(exit.code), out of memory" }
        if let reason = exit.reason, !reason.isEmpty { return reason }
        return "exited \(exit.code)"
    }

    /// Neither success nor the usual answer to a stop: 143 by SIGTERM, 137 where a person had to have it killed.
    static func isFailure(_ exit: Exit, of container: ContainerReading) -> Bool {
        if exit.outOfMemory { return true }
        return exit.code != 0 && exit.code != 143 && !(exit.code == 137 && container.stoppedByUser)
    }
}

/// What stands where the list would, when there is nothing to list.
enum EmptyView {
    static func draw(_ model: Model, on canvas: inout Canvas) {
        let row = max(ListView.firstRow(model) + 1, model.size.rows / 3)
        let nothing = model.totals.containers == 0
        func line(_ parts: [(String, Style)], _ row: Int) {
            let width = parts.reduce(0) { $0 + $1.0.cells }
            var column = max(1, (model.size.columns - width) / 2)
            for (text, style) in parts { column = canvas.put(text, row, column, style) }
        }
        if nothing, model.snapshot?.problem != nil {
            line([("It is not known which containers there are.", .value)], row)
        } else if nothing {
            line([("There are no containers yet.", .value)], row)
            line([("n", .strongKey), (" makes one", .dim)], row + 2)
        } else if !model.filter.isEmpty {
            line([("No container matches ", .value), ("\"\(model.filter)\"", .key), (".", .value)], row)
            line([("Esc", .strongKey), (" clears the filter", .dim)], row + 2)
        } else {
            line([("Nothing runs; \(Format.count(model.totals.stopped)) stopped.", .value)], row)
            line(
                [("a", .strongKey), (" shows them all   ", .dim), ("n", .strongKey), (" makes a new one", .dim)],
                row + 2)
        }
    }
}
