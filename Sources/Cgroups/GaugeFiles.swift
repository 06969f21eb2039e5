import Linux

/// The files of one group that its gauges come from, v1 and v2 side by side. A file that this host has not is absent.
struct GaugeFiles: ~Copyable {
    /// v2's `cpu.stat`, which counts CPU time without a controller, also beside v1; else v1's `cpuacct.usage`.
    var cpu: PolledFile
    var cpuIsUnified: Bool
    /// v1's `cpu.stat`; on v2 `cpu` has it.
    var legacyThrottling: PolledFile
    var memory: PolledFile
    var memoryStat: PolledFile
    /// v2 has the swap alone; v1 memory and swap together, so there it comes from memory.stat.
    var swap: PolledFile
    var memoryPeak: PolledFile
    /// v2: `memory.events`; v1: `memory.oom_control`.
    var oom: PolledFile
    var processes: PolledFile
    /// v2: `io.stat` has bytes and operations; v1: bytes.
    var disk: PolledFile
    var diskIsUnified: Bool
    var diskOperations: PolledFile
    var cpuPressure: PolledFile
    var memoryPressure: PolledFile
    var ioPressure: PolledFile

    init(_ group: Cgroup) {
        let unified = group.unified
        func file(_ controller: Controller, _ v2: String?, _ v1: String?) -> PolledFile {
            guard let directory = group.directory(of: controller) else { return PolledFile(nil) }
            return PolledFile((directory.version == .v2 ? v2 : v1).map { "\(directory.path)/\($0)" })
        }
        func beside(_ name: String) -> PolledFile { PolledFile(unified.map { "\($0.path)/\(name)" }) }
        cpuIsUnified = unified != nil
        cpu = cpuIsUnified ? beside("cpu.stat") : file(.cpuacct, nil, "cpuacct.usage")
        legacyThrottling = file(.cpu, nil, "cpu.stat")
        memory = file(.memory, "memory.current", "memory.usage_in_bytes")
        memoryStat = file(.memory, "memory.stat", "memory.stat")
        swap = file(.memory, "memory.swap.current", nil)
        memoryPeak = file(.memory, "memory.peak", "memory.max_usage_in_bytes")
        oom = file(.memory, "memory.events", "memory.oom_control")
        processes = file(.pids, "pids.current", "pids.current")
        disk = file(.io, "io.stat", "blkio.throttle.io_service_bytes_recursive")
        diskIsUnified = group.directory(of: .io)?.version == .v2
        diskOperations = file(.io, nil, "blkio.throttle.io_serviced_recursive")
        cpuPressure = beside("cpu.pressure")
        memoryPressure = beside("memory.pressure")
        ioPressure = beside("io.pressure")
    }

    mutating func close() {
        cpu.close()
        legacyThrottling.close()
        memory.close()
        memoryStat.close()
        swap.close()
        memoryPeak.close()
        oom.close()
        processes.close()
        disk.close()
        diskOperations.close()
        cpuPressure.close()
        memoryPressure.close()
        ioPressure.close()
    }
}
