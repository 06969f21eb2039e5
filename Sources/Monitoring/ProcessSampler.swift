import Glibc
import Linux

/// The processes of a container, as a tree, with what each used since the last look. See proc(5).
package struct ProcessSampler: Sendable {
    private let root: String
    /// Depth of this process's own pid namespace: a container's ids come after so many of the host's in `NSpid`.
    private let ownDepth: Int
    private let ticksPerSecond: Double
    private let pageSize: UInt64
    private var rates: [Key: Rate] = [:]

    /// A process id that is in use again later is another process.
    private struct Key: Hashable {
        var pid: Int32
        var startTime: UInt64
    }

    /// - Parameter root: another folder than `/` in tests alone.
    package init(root: String = "/") {
        self.root = root == "/" ? "" : root
        ownDepth = ProcessFiles.identifiers(Files.text("\(self.root)/proc/self/status") ?? "").count
        ticksPerSecond = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
        pageSize = UInt64(max(1, sysconf(Int32(_SC_PAGESIZE))))
    }

    /// The processes with the ids `pids`, of which some may have ended, depth first; siblings by their ids.
    ///
    /// - Parameter measuring: whether the CPU that each uses is measured since last time; else it stays as it was.
    package mutating func sample(_ pids: [Int32], measuring: Bool = true) -> [ProcessReading] {
        var processes: [Int32: ProcessFiles] = [:]
        var alive: [Key: Rate] = [:]
        for pid in pids {
            guard let process = ProcessFiles(pid, root: root, ownDepth: ownDepth) else { continue }
            processes[pid] = process
            let key = Key(pid: pid, startTime: process.startTime)
            var rate = rates[key] ?? Rate()
            if measuring || rates[key] == nil { rate.update(process.ticks, at: .now) }
            alive[key] = rate
        }
        rates = alive
        let children = Dictionary(grouping: processes.values, by: { processes[$0.parent] == nil ? 0 : $0.parent })
        var readings: [ProcessReading] = []
        func add(childrenOf parent: Int32, depth: Int) {
            for process in (children[parent] ?? []).sorted(by: { $0.pid < $1.pid }) {
                let cpu = alive[Key(pid: process.pid, startTime: process.startTime)]?.value
                readings.append(
                    ProcessReading(
                        pid: process.innerPid, hostPid: process.pid, startTime: process.startTime, depth: depth,
                        command: process.command, user: process.user, cpu: cpu.map { $0 / ticksPerSecond },
                        memory: process.residentPages &* pageSize, state: process.state))
                // The depth bounds the recursion, were a forged /proc to make a circle.
                if depth < 200 { add(childrenOf: process.pid, depth: depth + 1) }
            }
        }
        add(childrenOf: 0, depth: 0)
        return readings
    }
}

/// What the files of one process say.
struct ProcessFiles {
    let pid: Int32
    let innerPid: Int32
    let parent: Int32
    let startTime: UInt64
    /// CPU time so far, in clock ticks.
    let ticks: UInt64
    let residentPages: UInt64
    let state: Character
    let user: UInt32
    let command: String

    init?(_ pid: Int32, root: String, ownDepth: Int) {
        let folder = "\(root)/proc/\(pid)"
        guard let bytes = try? Files.read("\(folder)/stat"), let stat = ProcessStatus(bytes),
            let name = ProcessStatus.name(in: bytes)
        else { return nil }
        let status = Files.text("\(folder)/status") ?? ""
        let identifiers = Self.identifiers(status)
        self.pid = pid
        innerPid = identifiers.count > ownDepth ? identifiers[ownDepth] : pid
        parent = stat.parent
        startTime = stat.startTime
        ticks = stat.ticks
        residentPages = stat.residentPages
        state = Character(Unicode.Scalar(stat.state))
        self.user = Self.inside(
            Self.words(of: "Uid:", in: status).first.flatMap { UInt32($0) } ?? 0,
            map: Files.text("\(folder)/uid_map") ?? "")
        command = Self.command((try? Files.read("\(folder)/cmdline", limit: 1 << 20)) ?? [], name: name)
    }

    /// `NSpid`: the process's id in each namespace that it is in, the outermost first.
    static func identifiers(_ status: String) -> [Int32] { words(of: "NSpid:", in: status).compactMap { Int32($0) } }

    private static func words(of key: String, in status: String) -> [Substring] {
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix(key) }) else { return [] }
        return line.dropFirst(key.count).split { $0 == " " || $0 == "\t" }
    }

    /// The user as the container knows it: by /proc/PID/uid_map, lines of `INSIDE OUTSIDE COUNT`.
    static func inside(_ user: UInt32, map: String) -> UInt32 {
        for line in map.split(separator: "\n") {
            let numbers = line.split(separator: " ").compactMap { UInt32($0) }
            if numbers.count == 3, user >= numbers[1], user - numbers[1] < numbers[2] {
                return numbers[0] &+ (user - numbers[1])
            }
        }
        return user
    }

    /// The command line on one line; a kernel thread or a zombie has none: `[name]`.
    static func command(_ bytes: [UInt8], name: String) -> String {
        let line = String(decoding: bytes.prefix(4096), as: UTF8.self).onOneLine
        return line.isEmpty ? "[\(name)]" : line
    }
}
