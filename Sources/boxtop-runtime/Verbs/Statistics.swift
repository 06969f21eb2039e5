import Cgroups
import Glibc

/// What a group uses, in the form that runc prints and engines read. What this host does not count is absent.
struct Statistics: Encodable {
    struct CPU: Encodable {
        /// Nanoseconds; in the kernel and in programs.
        struct Usage: Encodable {
            let total: UInt64?
            let percpu: [UInt64]?
            let kernel, user: UInt64?
        }
        struct Throttling: Encodable { let periods, throttledPeriods, throttledTime: UInt64? }
        let usage: Usage
        let throttling: Throttling
    }
    struct Memory: Encodable {
        struct Entry: Encodable { let limit, usage, max, failcnt: UInt64? }
        let cache: UInt64?
        let usage: Entry
        /// Memory and swap together.
        let swap: Entry
        let kernel: Entry?
        /// memory.stat as the kernel has it.
        let raw: [String: UInt64]
    }
    struct Processes: Encodable { let current, limit: UInt64? }
    struct Disks: Encodable {
        struct Entry: Encodable {
            let major, minor: UInt64
            let op: String
            let value: UInt64
        }
        let ioServiceBytesRecursive, ioServicedRecursive: [Entry]?
    }

    struct HugePages: Encodable { let usage, max, failcnt: UInt64? }

    let cpu: CPU
    let memory: Memory
    let pids: Processes
    let blkio: Disks
    /// By the size of the pages, `2MB`.
    let hugetlb: [String: HugePages]?

    init(_ group: Cgroup, _ usage: Usage, _ limits: Limits) {
        cpu = CPU(
            usage: .init(group, total: usage.cpu),
            throttling: .init(
                periods: usage.periods, throttledPeriods: usage.throttledPeriods, throttledTime: usage.throttled))
        memory = Memory(group, usage, limits)
        pids = Processes(current: usage.processes, limit: limits.processes)
        blkio = Disks(group)
        let pages = group.hugePages().map { ($0.size, HugePages(usage: $0.usage, max: $0.peak, failcnt: $0.failures)) }
        hugetlb = pages.isEmpty ? nil : Dictionary(pages) { first, _ in first }
    }
}

extension Statistics.CPU.Usage {
    fileprivate init(_ group: Cgroup, total: UInt64?) {
        self.total = total
        percpu = group.text("cpuacct.usage_percpu", of: .cpuacct)?.split(whereSeparator: \.isWhitespace).compactMap {
            UInt64($0)
        }
        let (legacy, unified) = (group.table("cpuacct.stat", of: .cpuacct), group.table("cpu.stat", of: .cpu))
        let tick = 1_000_000_000 / UInt64(max(1, sysconf(Int32(_SC_CLK_TCK))))
        kernel = legacy["system"].map { $0 * tick } ?? unified["system_usec"].map { $0 * 1000 }
        user = legacy["user"].map { $0 * tick } ?? unified["user_usec"].map { $0 * 1000 }
    }
}

extension Statistics.Memory {
    fileprivate init(_ group: Cgroup, _ usage: Usage, _ limits: Limits) {
        raw = group.table("memory.stat", of: .memory)
        cache = raw["cache"] ?? raw["file"]
        func number(_ name: String) -> UInt64? { group.text(name, of: .memory).flatMap { UInt64($0.trimmed) } }
        self.usage = Entry(
            limit: limits.memory, usage: usage.memory, max: usage.memoryPeak, failcnt: number("memory.failcnt"))
        func sum(_ memory: UInt64?, _ swap: UInt64?) -> UInt64? { memory.flatMap { one in swap.map { one &+ $0 } } }
        swap = Entry(
            limit: sum(limits.memory, limits.swap),
            usage: number("memory.memsw.usage_in_bytes") ?? sum(usage.memory, usage.swap),
            max: number("memory.memsw.max_usage_in_bytes"), failcnt: number("memory.memsw.failcnt"))
        kernel = number("memory.kmem.usage_in_bytes").map { used in
            Entry(
                limit: number("memory.kmem.limit_in_bytes"), usage: used,
                max: number("memory.kmem.max_usage_in_bytes"), failcnt: number("memory.kmem.failcnt"))
        }
    }
}

extension Statistics.Disks {
    fileprivate init(_ group: Cgroup) {
        func legacy(_ name: String) -> [Entry]? {
            group.text("blkio.throttle.\(name)", of: .io).map { text in
                // `8:0 Read 4096`, and a last line of another form.
                text.split(separator: "\n").compactMap { line in
                    let words = line.split(separator: " ")
                    return words.count == 3 ? Entry(words[0], String(words[1]), UInt64(words[2])) : nil
                }
            }
        }
        func unified(_ keys: [Substring: String]) -> [Entry]? {
            group.text("io.stat", of: .io).map { text in
                // `8:0 rbytes=4096 wbytes=0 …`
                text.split(separator: "\n").flatMap { line in
                    let words = line.split(separator: " ")
                    return words.dropFirst().compactMap { word in
                        let pair = word.split(separator: "=")
                        return keys[pair[0]].flatMap { Entry(words[0], $0, pair.last.flatMap { UInt64($0) }) }
                    }
                }
            }
        }
        ioServiceBytesRecursive =
            legacy("io_service_bytes_recursive") ?? unified(["rbytes": "Read", "wbytes": "Write"])
        ioServicedRecursive = legacy("io_serviced_recursive") ?? unified(["rios": "Read", "wios": "Write"])
    }
}

extension Statistics.Disks.Entry {
    fileprivate init?(_ device: Substring, _ operation: String, _ value: UInt64?) {
        let numbers = device.split(separator: ":").compactMap { UInt64($0) }
        guard numbers.count == 2, let value else { return nil }
        (major, minor, op, self.value) = (numbers[0], numbers[1], operation, value)
    }
}

extension Cgroup {
    /// A file of lines such as `cache 4096`.
    fileprivate func table(_ file: String, of controller: Controller) -> [String: UInt64] {
        var table: [String: UInt64] = [:]
        for line in (text(file, of: controller) ?? "").split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 2, let value = UInt64(words[1]) { table[String(words[0])] = value }
        }
        return table
    }
}

extension String {
    fileprivate var trimmed: Substring { prefix { !$0.isWhitespace } }
}
