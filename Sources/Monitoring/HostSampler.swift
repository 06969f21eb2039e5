import Cgroups
import Linux

/// Reads the machine's own gauges from /proc. See proc_stat(5), proc_meminfo(5) and the kernel's PSI document.
package struct HostSampler: ~Copyable {
    private let root: String
    private let hierarchy: String
    private var stat: PolledFile
    private var meminfo: PolledFile
    private var cpuPressure: PolledFile
    private var memoryPressure: PolledFile
    private var ioPressure: PolledFile
    private var busy = Share()
    private var name: String
    private var disks: [Disk]
    private let limitable: Controllers

    /// - Parameters:
    ///   - hierarchy: what `HostReading.hierarchy` says.
    ///   - root: another folder than `/` in tests alone.
    ///   - state: a path whose disk comes first among the disks: where containers write.
    ///   - limitable: what `HostReading.limitable` says.
    package init(
        hierarchy: String, root: String = "/", state: String? = nil,
        limitable: Controllers = .all
    ) {
        self.limitable = limitable
        self.hierarchy = hierarchy
        self.root = root == "/" ? "" : root
        stat = PolledFile("\(self.root)/proc/stat")
        meminfo = PolledFile("\(self.root)/proc/meminfo")
        cpuPressure = PolledFile("\(self.root)/proc/pressure/cpu")
        memoryPressure = PolledFile("\(self.root)/proc/pressure/memory")
        ioPressure = PolledFile("\(self.root)/proc/pressure/io")
        let name = Files.text("\(self.root)/proc/sys/kernel/hostname") ?? ""
        self.name = String(name.prefix { !$0.isNewline })
        disks = Disk.all(root: self.root, under: state)
    }

    /// - Parameter measuring: whether the CPU in use is measured since last time; else it stays as it was.
    package mutating func sample(with buffer: borrowing ReadBuffer, measuring: Bool = true) -> HostReading {
        var reading = HostReading(name: name, cores: 0, hierarchy: hierarchy)
        reading.disks = disks
        reading.limitable = limitable
        if let text = try? stat.read(into: buffer) {
            let times = CPUTimes(text)
            reading.cores = times.cores
            if measuring { busy.update(times.busy, of: times.total) }
            reading.cpu = busy.value.map { $0 * Double(times.cores) }
        }
        if let text = try? meminfo.read(into: buffer) {
            reading.memory = KernelText.number(after: "MemTotal:", in: text).map { $0 * 1024 }
            let available = KernelText.number(after: "MemAvailable:", in: text).map { $0 * 1024 }
            if let total = reading.memory, let available { reading.memoryInUse = total - min(total, available) }
        }
        reading.cpuPressure = (try? cpuPressure.read(into: buffer)).flatMap { Pressure($0) }
        reading.memoryPressure = (try? memoryPressure.read(into: buffer)).flatMap { Pressure($0) }
        reading.ioPressure = (try? ioPressure.read(into: buffer)).flatMap { Pressure($0) }
        return reading
    }
}

/// The lines `cpu` and `cpuN` of /proc/stat.
struct CPUTimes {
    /// Clock ticks of all cores together, since boot. Time that a hypervisor took is part of the total, not of the busy.
    private(set) var busy: UInt64?
    private(set) var total: UInt64?
    /// Those that are online.
    private(set) var cores = 0

    init(_ text: UnsafeRawBufferPointer) {
        guard KernelText.starts(text, at: 0, with: "cpu ") else { return }
        // user nice system idle iowait irq softirq steal; guest time is in user already.
        var ticks: [UInt64] = []
        var index = 4
        while ticks.count < 8 {
            index = KernelText.skipSpaces(text, from: index)
            guard let number = KernelText.number(text, at: &index) else { break }
            ticks.append(number)
        }
        if ticks.count >= 4 {
            let sum = ticks.reduce(0, &+)
            total = sum
            busy = [3, 4, 7].reduce(sum) { rest, field in field < ticks.count ? rest &- ticks[field] : rest }
        }
        var line = KernelText.nextLine(text, from: 0)
        while KernelText.starts(text, at: line, with: "cpu") {
            cores += 1
            line = KernelText.nextLine(text, from: line)
        }
    }
}
