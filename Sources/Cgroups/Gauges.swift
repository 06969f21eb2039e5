/// Which gauges of a group to read.
package struct Gauges: OptionSet, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let cpu = Gauges(rawValue: 1)
    package static let throttling = Gauges(rawValue: 2)
    package static let memory = Gauges(rawValue: 4)
    /// `inactive_file` and `active_file`, from memory.stat, which costs as much as all the others together.
    package static let cache = Gauges(rawValue: 8)
    package static let swap = Gauges(rawValue: 16)
    package static let memoryPeak = Gauges(rawValue: 32)
    package static let oomKills = Gauges(rawValue: 64)
    package static let processes = Gauges(rawValue: 128)
    package static let disk = Gauges(rawValue: 256)
    package static let pressure = Gauges(rawValue: 512)

    /// What changes from one second to the next.
    package static let quick: Gauges = [.cpu, .throttling, .memory, .processes]
    package static let everything: Gauges = [
        .quick, .cache, .swap, .memoryPeak, .oomKills, .disk, .pressure,
    ]
}
