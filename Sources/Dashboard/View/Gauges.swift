import Cgroups
import Monitoring
import Records
import TerminalKit

/// The gauges of one container at the moment that is looked at: now, or a place in its history.
struct Gauges {
    var cpu: Double?
    var throttled: Double?
    var memory: Double?
    var processes: Double?
    var received: Double?
    var sent: Double?
    var diskRead: Double?
    var diskWritten: Double?
    var pressure: (cpu: Double?, memory: Double?, io: Double?)
    /// The limits that held at that moment; absent where there was none, or another than now.
    var cpuLimit: Double?
    var memoryLimit: Double?

    init(_ container: ContainerReading, _ model: Model) {
        func value(_ series: Series) -> Double? {
            model.back == 0
                ? series.value(in: container)
                : model.history.value(series, of: container.id, back: model.back).map { Double($0) }
        }
        cpu = value(.cpu)
        throttled = value(.throttled)
        memory = value(.memory)
        processes = value(.processes)
        received = value(.received)
        sent = value(.sent)
        diskRead = value(.diskRead)
        diskWritten = value(.diskWritten)
        pressure = (value(.cpuPressure), value(.memoryPressure), value(.ioPressure))
        func held(_ limit: Double?, _ value: Double?) -> Double? {
            guard model.back > 0, let limit, let value else { return limit }
            return Gauge.isPast(value / limit) ? nil : limit
        }
        cpuLimit = held(container.limits.cpus, cpu)
        memoryLimit = held(container.limits.memory.map { Double($0) }, memory)
    }
}

extension Gauge {
    /// Whether this share of a limit is more than it ever lets through: then another one held at the time.
    static func isPast(_ share: Double) -> Bool { share > 1.2 }

    /// The colour of a moment in the history, by the limit of now: none is known of what was under another.
    static func role(ofPast share: Double?) -> Role {
        guard let share, !isPast(share) else { return .key }
        return role(of: share)
    }
}

extension ContainerReading {
    /// What stands for a gauge that has no value. Of what does not run nothing is measured, which says nothing about the
    /// kernel.
    var absence: String { status.running == nil ? "–" : "n/a" }

    /// Part of `limit` that `value` is; of what the machine has where there is no limit.
    static func share(_ value: Double?, of limit: Double?, else whole: Double?) -> Double? {
        guard let value, let limit = limit ?? whole, limit > 0 else { return nil }
        return value / limit
    }
}
