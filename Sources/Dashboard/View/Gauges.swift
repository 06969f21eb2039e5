import Cgroups
import Monitoring

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
    }
}

extension ContainerReading {
    /// Part of `limit` that `value` is; of what the machine has where there is no limit.
    static func share(_ value: Double?, of limit: Double?, else whole: Double?) -> Double? {
        guard let value, let limit = limit ?? whole, limit > 0 else { return nil }
        return value / limit
    }
}
