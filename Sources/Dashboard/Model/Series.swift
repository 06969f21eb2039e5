import Cgroups
import Monitoring

/// A gauge that is remembered.
package enum Series: Int, CaseIterable, Sendable {
    case cpu, throttled, memory, cache, processes, received, sent, diskRead, diskWritten
    case cpuPressure, memoryPressure, ioPressure

    /// Its value in a reading; `nil` where there is none.
    func value(in reading: borrowing ContainerReading) -> Double? {
        switch self {
        case .cpu: reading.cpu
        case .throttled: reading.throttled
        case .memory: reading.usage.memoryInUse.map { Double($0) }
        case .cache: reading.usage.pageCache.map { Double($0) }
        case .processes: reading.usage.processes.map { Double($0) }
        case .received: reading.received
        case .sent: reading.sent
        case .diskRead: reading.diskRead
        case .diskWritten: reading.diskWritten
        case .cpuPressure: reading.usage.cpuPressure?.some.average10
        case .memoryPressure: reading.usage.memoryPressure?.some.average10
        case .ioPressure: reading.usage.ioPressure?.some.average10
        }
    }
}

/// A number of at least 0 in two bytes, within a twentieth of a percent: 6 bits of exponent, 10 of fraction, from
/// 2^−12 to 2^51. Ten minutes of twelve gauges take 14 kB so, a thousand containers 14 MB.
struct Sample: Hashable, Sendable {
    var bits: UInt16

    static let absent = Sample(bits: .max)

    init(bits: UInt16) { self.bits = bits }

    init(_ value: Double?) {
        guard let value, value.isFinite else {
            self = .absent
            return
        }
        let shifted = Int((Float(max(value, 0)).bitPattern &+ 0x1000) >> 13) - Self.bias
        bits = UInt16(min(max(shifted, 0), Int(UInt16.max) - 1))
    }

    var value: Float? {
        if self == .absent { return nil }
        if bits == 0 { return 0 }
        return Float(bitPattern: UInt32(Int(bits) + Self.bias) << 13)
    }

    /// The exponent of 2^−12 in a Float, with the ten bits of fraction that are kept.
    private static let bias = (127 - 12) << 10
}
