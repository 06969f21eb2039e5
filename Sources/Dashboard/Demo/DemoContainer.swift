import Cgroups
import Linux
import Monitoring
import Records

/// One container that is made up.
struct DemoContainer {
    var reading: ContainerReading
    /// What it would use if nothing limited it.
    var cpu: Double
    var memory: Double
    var rates: (received: Double, sent: Double, read: Double, written: Double)
    var tasks: UInt64
    private(set) var log: [LogLine] = []
    private(set) var events: [Records.Event] = []
    private var seed: UInt64
    /// Ids of processes that a signal has ended.
    private var ended: Set<Int32> = []

    init(_ reading: ContainerReading, seed: UInt64, cpu: Double, memory: Double, tasks: UInt64) {
        self.reading = reading
        self.seed = seed
        self.cpu = cpu
        self.memory = memory
        self.tasks = tasks
        rates = (0, 0, 0, 0)
    }

    static func pressure(_ average: Double) -> Pressure {
        Pressure(
            some: Pressure.Line(average10: average, average60: average, average300: average, total: 0),
            full: Pressure.Line(average10: average / 4, average60: 0, average300: 0, total: 0))
    }

    mutating func remember(_ kind: Records.Event.Kind, _ detail: String?, _ time: Timestamp) {
        events.append(
            Records.Event(time: time, container: reading.id, name: reading.name, kind: kind, detail: detail))
    }

    mutating func say(_ text: String, _ time: Timestamp, isError: Bool = false) {
        log.append(LogLine(time: time, isError: isError, text: text))
        if log.count > 5_000 { log.removeFirst(1_000) }
    }

    /// The same numbers in each run: a wave, and something like noise on it.
    private func wave(_ tick: Int, _ period: Int, _ salt: UInt64) -> Double {
        let place = Double((tick + Int(seed % 97)) % period) / Double(period)
        let triangle = place < 0.5 ? place * 2 : 2 - place * 2
        var bits = seed &+ salt &+ UInt64(tick) &* 0x9E37_79B9_7F4A_7C15
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits ^= bits >> 27
        return 0.65 + 0.45 * triangle + 0.2 * (Double(bits % 1_000) / 1_000 - 0.5)
    }

    mutating func live(tick: Int, now: Timestamp) {
        guard reading.status.isActive else { return }
        guard reading.status.isRunning else {
            (reading.cpu, reading.throttled) = (0, 0)
            reading.usage.memory = reading.status.isPaused ? UInt64(memory) : nil
            reading.usage.processes = reading.status.isPaused ? tasks : nil
            (reading.diskRead, reading.diskWritten) = (0, 0)
            revive(now)
            return
        }
        let wanted = cpu * wave(tick, 60, 1)
        let allowed = reading.limits.cpus ?? 8
        reading.cpu = min(wanted, allowed)
        reading.throttled = reading.limits.cpus == nil ? nil : wanted > allowed ? min(0.95, 1.4 - allowed / wanted) : 0
        let limit = Double(reading.limits.memory ?? 1 << 40)
        let used = min(memory * (0.9 + 0.15 * wave(tick, 240, 2)), limit * 0.97)
        reading.usage.inactiveFile = UInt64(min(used * 0.06, limit * 0.02))
        reading.usage.memory = UInt64(used) + (reading.usage.inactiveFile ?? 0)
        reading.usage.memoryPeak = max(reading.usage.memoryPeak ?? 0, reading.usage.memory ?? 0)
        reading.usage.processes = tasks
        reading.usage.swap = 0
        let squeeze = max(0, used / limit - 0.88) * 180
        reading.usage.memoryPressure = Self.pressure(squeeze)
        reading.usage.cpuPressure = Self.pressure((reading.throttled ?? 0) * 70)
        reading.usage.ioPressure = Self.pressure(rates.read > 3e6 ? 2 : 0)
        if rates.received > 0 {
            reading.received = rates.received * wave(tick, 30, 3)
            reading.sent = rates.sent * wave(tick, 30, 4)
        }
        let rate = { (values: [UInt64?]) in values.compactMap(\.self).min().map { Double($0) } ?? .infinity }
        reading.diskRead = min(rates.read * wave(tick, 20, 5), rate(reading.limits.devices.map(\.readBytes)))
        reading.diskWritten = min(rates.written * wave(tick, 25, 6), rate(reading.limits.devices.map(\.writeBytes)))
        if tick % 3 == Int(seed % 3) { chatter(tick, now) }
    }

    private mutating func revive(_ now: Timestamp) {
        guard case .restarting(let at, let attempt, let last) = reading.status, now > at else { return }
        reading.restarts = attempt
        reading.status = .restarting(
            at: Timestamp(nanoseconds: now.nanoseconds + 8_000_000_000), attempt: attempt + 1, last: last)
        say("cannot reach smtp.example.org:587: connection refused", now, isError: true)
        say("fatal: no route to mail, giving up", now, isError: true)
        remember(.restarting, "attempt \(attempt + 1)", now)
    }

    private mutating func chatter(_ tick: Int, _ now: Timestamp) {
        let lines = [
            "resize 3.2 MB → 240 KB in 412 ms", "picked job \(88_000 + tick) from queue images",
            "resize 12.8 MB → 610 KB in 1.9 s", "warning: queue images is \(200 + tick % 300) deep",
            "GET /health 200 1 ms", "checkpoint complete: wrote \(tick % 900) buffers",
        ]
        say(lines[(tick / 3 + Int(seed % 5)) % lines.count], now)
    }

    var processes: [ProcessReading] {
        guard reading.status.isActive, !reading.command.isEmpty else { return [] }
        let share = reading.cpu ?? 0
        let resident = (reading.usage.memoryInUse ?? 0)
        func process(_ pid: Int32, _ depth: Int, _ command: String, _ cpu: Double, _ memory: UInt64) -> ProcessReading {
            ProcessReading(
                pid: pid, hostPid: 4_000 + pid, startTime: 1, depth: depth, command: command, user: 1_000, cpu: cpu,
                memory: memory, state: cpu > 0.5 ? "R" : "S")
        }
        let name = reading.command[0].split(separator: "/").last.map(String.init) ?? "program"
        let all = [
            process(1, 0, reading.command.joined(separator: " "), 0.001, resident / 20),
            process(14, 1, "\(name): worker 1", share * 0.5, resident * 9 / 20),
            process(15, 1, "\(name): worker 2", share * 0.49, resident * 8 / 20),
            process(22, 1, "sh -c backup", 0, 1_260_000),
            process(23, 2, "tar -c /data", 0.004, 3_250_000),
        ]
        return all.filter { !ended.contains($0.pid) }
    }

    mutating func begin(_ now: Timestamp) {
        reading.status = .running(Running(process: ProcessIdentity(pid: 4_001, startTime: 1), started: now))
        ended = []
        remember(.started, nil, now)
        say("starting", now)
    }

    /// Sends a signal to one of its processes; the first one's end is its own.
    mutating func signal(_ process: ProcessReading, _ name: String, _ now: Timestamp) -> String? {
        if process.pid == 1 { return perform("kill", ["--signal=\(name)"], now) }
        if ["KILL", "TERM", "INT", "HUP", "QUIT"].contains(name) { ended.insert(process.pid) }
        return nil
    }

    /// Does a verb to it; what is wrong, where it can't.
    mutating func perform(_ verb: String, _ arguments: [String], _ now: Timestamp) -> String? {
        func end(_ code: Int32) {
            reading.status = .exited(Exit(code: code, at: now))
            (reading.cpu, reading.received, reading.sent) = (nil, nil, nil)
            remember(.exited, "\(code)", now)
        }
        switch (verb, reading.status) {
        case ("start", .running), ("start", .paused): return "\(reading.name) runs already"
        case ("start", _), ("restart", _): begin(now)
        case ("stop", _): end(143)
        case ("kill", .running), ("kill", .paused):
            if arguments.contains("--signal=KILL") { end(137) }
            if arguments.contains("--signal=TERM") { end(143) }
            remember(.killed, arguments.first { $0.hasPrefix("--signal=") }, now)
        case ("pause", .running(let running)): reading.status = .paused(running)
        case ("unpause", .paused(let running)): reading.status = .running(running)
        default: return "\(reading.name) cannot be given \(verb) now"
        }
        return nil
    }
}
