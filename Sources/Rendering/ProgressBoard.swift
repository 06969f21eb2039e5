import Linux

/// What is being moved, and how far it is: rows of bars on a terminal, sentences elsewhere. Pure: time is passed in.
package struct ProgressBoard: Sendable {
    /// One thing that is moved.
    package struct Row: Sendable, Hashable {
        package enum State: Sendable, Hashable {
            case waiting
            case moving(since: MonotonicTime, from: Int64)
            case ended(String)
            case noted(String)
        }

        package let name: String
        package let total: Int64
        package var done: Int64 = 0
        package var state = State.waiting
    }

    package private(set) var rows: [Row] = []
    /// The bytes that were there at the last `news`.
    private var told: Int64?

    package init() {}

    package mutating func add(_ name: String, total: Int64) { rows.append(Row(name: name, total: total)) }

    /// `done` of row `name` bytes are there.
    package mutating func move(_ name: String, to done: Int64, at now: MonotonicTime) {
        change(name) { row in
            row.done = done
            if case .moving = row.state { return }
            row.state = .moving(since: now, from: done)
        }
    }

    /// Row `name` has come to its end, in one word.
    package mutating func end(_ name: String, _ word: String) {
        change(name) { row in
            row.state = .ended(word)
            row.done = row.total
        }
    }

    /// Row `name` does not move, for a reason.
    package mutating func note(_ name: String, _ text: String) { change(name) { $0.state = .noted(text) } }

    private mutating func change(_ name: String, _ body: (inout Row) -> Void) {
        guard let index = rows.firstIndex(where: { $0.name == name }) else { return }
        body(&rows[index])
    }

    /// Lines of at most `width` characters, `height` of them at most: those that have ended go first.
    package func lines(width: Int, height: Int, now: MonotonicTime, unicode: Bool) -> [String] {
        var shown = rows
        if shown.count > height {
            shown = Array(shown.filter { !$0.hasEnded }.prefix(max(0, height - 1)))
        }
        var lines = shown.map { $0.line(width: width, now: now, unicode: unicode) }
        if shown.count < rows.count {
            lines.append("\(rows.count(where: \.hasEnded)) of \(rows.count) parts are here")
        }
        return lines.map { String($0.prefix(width)) }
    }

    /// All of it in one sentence: `27 %, 12.3 of 45.0 MiB, 8.1 MiB/s, 4 s left`; `nil` where nothing moves.
    package func summary(now: MonotonicTime) -> String? {
        let moving = rows.compactMap { $0.rate(now: now) }
        guard !moving.isEmpty else { return nil }
        let (total, done) = (rows.reduce(0) { $0 + $1.total }, rows.reduce(0) { $0 + $1.done })
        let rate = moving.reduce(0, +)
        let share = total > 0 ? "\(done * 100 / total) %, " : ""
        var text = share + "\(Self.size(done)) of \(Self.size(total)), \(Self.size(Int64(rate)))/s"
        if rate >= 1 { text += ", \(Self.time(Double(total - done) / rate)) left" }
        return text
    }

    /// `summary` where more is there than the last time it was asked for: a transfer that stands still says nothing.
    package mutating func news(now: MonotonicTime) -> String? {
        let done = rows.reduce(0) { $0 + $1.done }
        guard done != told, let summary = summary(now: now) else { return nil }
        told = done
        return summary
    }

    static func size(_ bytes: Int64) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        var (value, unit) = (Double(bytes), 0)
        while value >= 1000, unit < units.count - 1 { (value, unit) = (value / 1024, unit + 1) }
        return unit == 0 ? "\(bytes) B" : "\(Human.fixed(value, value < 100 ? 1 : 0)) \(units[unit])"
    }

    static func time(_ seconds: Double) -> String {
        let whole = Int(min(max(seconds, 0), 1e6).rounded(.up))
        if whole < 60 { return "\(whole) s" }
        return whole < 3600 ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole / 60 % 60) min"
    }
}

extension ProgressBoard.Row {
    fileprivate var hasEnded: Bool { if case .ended = state { true } else { false } }

    /// Bytes a second since it began to move; `nil` where it does not.
    fileprivate func rate(now: MonotonicTime) -> Double? {
        guard case .moving(let since, let from) = state else { return nil }
        let seconds = now.seconds(since: since)
        return seconds > 0.2 ? Double(done - from) / seconds : 0
    }

    /// `3d29c53bc44a ━━━━━━━━╸─────── 12.3 of 45.0 MiB  8.1 MiB/s  4 s`
    fileprivate func line(width: Int, now: MonotonicTime, unicode: Bool) -> String {
        let size = "\(ProgressBoard.size(done)) of \(ProgressBoard.size(total))"
        switch state {
        case .waiting: return "\(name) waiting"
        case .ended(let word): return "\(name) \(word)"
        case .noted(let text): return "\(name) \(text)"
        case .moving:
            let rate = rate(now: now) ?? 0
            var right = "\(size)  \(ProgressBoard.size(Int64(rate)))/s"
            if rate >= 1 { right += "  \(ProgressBoard.time(Double(total - done) / rate))" }
            let room = min(40, width - name.count - right.count - 4)
            guard room >= 8 else { return "\(name) \(right)" }
            let share = total > 0 ? min(1, Double(done) / Double(total)) : 0
            let full = Int(share * Double(room))
            let bar =
                String(repeating: unicode ? "━" : "=", count: full)
                + String(repeating: unicode ? "─" : "-", count: room - full)
            return "\(name) \(bar) \(right)"
        }
    }
}
