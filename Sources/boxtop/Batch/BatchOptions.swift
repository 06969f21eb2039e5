import ArgumentParser
import Containers
import Flags
import Glibc
import Linux
import Monitoring
import Rendering

/// `boxtop -b`: what the dashboard shows, as text for a file or a pipe.
struct BatchOptions: ParsableArguments {
    @Flag(name: [.short, .long], help: "Write text instead of opening the dashboard.")
    var batch = false
    @Option(
        name: [.customShort("n", allowingJoined: true), .customLong("iterations")],
        help: "With -b: so many times, else until it is interrupted.")
    var iterations: String?
    @Option(
        name: [.customShort("d", allowingJoined: true), .customLong("delay")],
        help: "With -b: seconds from one to the next, 2 unless given.")
    var delay: String?
    @Option(name: .long, help: "With -b: table, json (an object a line), csv, prometheus or a template.")
    var format: String?

    /// Whether any of it was given.
    var isWanted: Bool { batch || iterations != nil || delay != nil || format != nil }

    func run(in context: Context) throws -> Int32 {
        let format = try GaugeFormat(format ?? "table")
        let count = try iterations.map { try FlagValue("--iterations", $0).number(in: 1...1_000_000_000) }
        let delay = try delay.map { try FlagValue("--delay", $0).seconds() } ?? 2
        let source = LiveContainers(try context.containers())
        var sampler = Sampler(delay: max(delay, 0.05))
        var written: Int64 = 0
        while Stream.lost == nil, count.map({ written < $0 }) ?? true {
            let snapshot = sampler.next { source.sweep() }
            if written > 0, format == .list(.table) { Stream.output.say("") }
            Stream.output.write(try render(snapshot, format, headers: written == 0))
            written += 1
        }
        return 0
    }

    /// What there is to see, once.
    func once(in context: Context) throws -> Int32 {
        let source = LiveContainers(try context.containers())
        var sampler = Sampler(delay: 1)
        Stream.output.write(try render(sampler.next { source.sweep() }, .list(.table), headers: true))
        return 0
    }
}

/// Takes samples at an even pace. The first is taken twice, a moment apart, since one alone has no rates.
struct Sampler {
    /// Long enough for a rate that means something, short enough not to be waited for.
    private static let moment = 0.25

    private let delay: Double
    private var due: MonotonicTime?

    init(delay: Double) { self.delay = delay }

    mutating func next(_ sweep: () -> Snapshot) -> Snapshot {
        if let due {
            Self.sleep(due.seconds(since: .now))
        } else {
            _ = sweep()
            Self.sleep(Self.moment)
        }
        // From when it was due, not from now: what a sample costs must not make the pace slower.
        let start = due.map { max($0, MonotonicTime.now) } ?? .now
        due = MonotonicTime(nanoseconds: start.nanoseconds + UInt64(delay * 1e9))
        return sweep()
    }

    private static func sleep(_ seconds: Double) {
        guard seconds > 0 else { return }
        var rest = timespec(tv_sec: Int(seconds), tv_nsec: Int((seconds - seconds.rounded(.down)) * 1e9))
        var left = timespec()
        while nanosleep(&rest, &left) != 0 && errno == EINTR { rest = left }
    }
}
