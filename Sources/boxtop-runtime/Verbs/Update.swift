import Cgroups
import JSON
import Linux
import OCI
import RuntimeCore

/// `update ID`: other limits for a container that runs, from `--resources FILE` (`-` is standard input) or one by one.
enum Update {
    private static let numbers: [String: @Sendable (inout OCI.RuntimeSpec.Resources, Int64) -> Void] = [
        "cpu-period": { $0.core.period = UInt64(clamping: $1) }, "cpu-quota": { $0.core.quota = $1 },
        "cpu-burst": { $0.core.burst = UInt64(clamping: $1) }, "cpu-share": { $0.core.shares = UInt64(clamping: $1) },
        "cpu-rt-period": { $0.core.realtimePeriod = UInt64(clamping: $1) },
        "cpu-rt-runtime": { $0.core.realtimeRuntime = $1 }, "cpu-idle": { $0.core.idle = $1 },
        "memory": { $0.heap.limit = $1 }, "memory-reservation": { $0.heap.reservation = $1 },
        "memory-swap": { $0.heap.swap = $1 }, "kernel-memory": { $0.heap.kernel = $1 },
        "kernel-memory-tcp": { $0.heap.kernelTCP = $1 }, "pids-limit": { $0.pids = .init(limit: $1) },
        "blkio-weight": { $0.blockIO = .init(weight: UInt16(clamping: $1)) },
    ]

    /// Of which −1 is none, as it is for the others.
    private static let unsigned: Set = ["cpu-period", "cpu-burst", "cpu-share", "cpu-rt-period", "blkio-weight"]

    static func run(_ words: [String], _ context: Context) throws(Failure) -> Int32 {
        let options = try Options(
            words, valued: Array(numbers.keys) + ["resources", "cpuset-cpus", "cpuset-mems"],
            short: ["r": "resources"])
        let id = try options.id()
        let entry = try failing { () throws(StateDirectory.Refusal) in try context.states.loadMade(id) }
        if !entry.isAlive { throw Failure.notRunning(id) }
        guard let group = try entry.group() else { throw Failure("container \(id) has no control group") }
        var resources = try Self.resources(options)
        // The kernel's file on v2 takes both or the quota alone.
        if resources.cpu?.period != nil, resources.cpu?.quota == nil,
            let now = group.text("cpu.max", of: .cpu)?.split(separator: " ").first
        {
            resources.cpu?.quota = Int64(now)
        }
        var limits = group.limits()
        // It names its field, which no config.json has.
        do throws(LaunchError) { try resources.checkUpdate(of: limits) } catch { throw Failure(error.reason) }
        // On v1 these are no files of their own: asked for in the kernel's words below.
        limits.take(resources)
        let settings = Setting.all(resources, updating: true)
        try failing { () throws(CgroupError) in
            try group.apply(limits)
            // Below a limited group a shorter period may be taken only with the smaller quota that comes with it.
            var refused: [Setting] = []
            for setting in settings {
                do throws(CgroupError) { try group.write(setting) } catch { refused.append(setting) }
            }
            for setting in refused { try group.write(setting) }
        }
        if !resources.devices.isEmpty {
            let rules = try failing { () throws(LaunchError) in try resources.deviceRules() }
            try failing { () throws(CgroupError) in try group.filterDevices(rules) }
        }
        return 0
    }

    private static func resources(_ options: Options) throws(Failure) -> OCI.RuntimeSpec.Resources {
        var resources = OCI.RuntimeSpec.Resources()
        if let path = options.value("resources") {
            // Through the descriptor itself: a socket cannot be opened by its name.
            do {
                let bytes = try path == "-" ? FileDescriptor.standardInput().readAll() : Files.read(path)
                resources = try JSON.decode(from: bytes)
            } catch {
                throw Failure("\(path): \(error)")
            }
        }
        for (name, change) in numbers {
            guard let text = options.value(name) else { continue }
            guard let number = Int64(text) ?? ByteCount.parse(text) else {
                throw Failure("--\(name) \(text) is no number")
            }
            if number < 0 && unsigned.contains(name) { throw Failure("--\(name) \(text) is below 0") }
            change(&resources, number)
        }
        if let cores = options.value("cpuset-cpus") { resources.core.cpus = cores }
        if let nodes = options.value("cpuset-mems") { resources.core.mems = nodes }
        return resources
    }
}

/// `64m`, `0.1g`, `64 MiB`: what engines pass on as their users typed it, in multiples of 1024.
private enum ByteCount {
    static func parse(_ text: String) -> Int64? {
        let digits = text.prefix { $0.isASCII && $0.isNumber || $0 == "." }
        var unit = text.dropFirst(digits.count).lowercased()[...]
        if unit.first == " " { unit.removeFirst() }
        if unit.last == "b" { unit.removeLast() }
        if unit.last == "i" { unit.removeLast() }
        guard let number = Double(digits), let power = ["", "k", "m", "g", "t", "p"].firstIndex(of: unit) else {
            return nil
        }
        let bytes = number * Double(1 << (10 * power))
        return bytes < 0x1p63 ? Int64(bytes) : nil
    }
}

extension OCI.RuntimeSpec.Resources {
    fileprivate var core: OCI.RuntimeSpec.CPU {
        get { cpu ?? .init() }
        set { cpu = newValue }
    }
    fileprivate var heap: OCI.RuntimeSpec.Memory {
        get { memory ?? .init() }
        set { memory = newValue }
    }
}
