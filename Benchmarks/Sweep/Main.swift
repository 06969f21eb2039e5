import Cgroups
import Containers
import Glibc
import Linux
import Monitoring
import Records

/// Measures what the dashboard's sweep costs: makes 1, 100 and 1,000 containers of one sleeping process each, in
/// control groups and folders of its own, and takes them all away again. Needs root.
///
///     $ make sweep-benchmark && .build/release/sweep-benchmark
///     containers   quick gauges      all gauges        a sweep of the dashboard
///           1000   6.1 µs each       28.3 µs each      12.1 µs each, 12.1 ms, 1.2 % of a core at 1 Hz, 10990 files open
@main
enum SweepBenchmark {
    static func main() {
        do {
            print("\(Hierarchy.discover().name); a time is the CPU time of this process, the median of the rounds")
            for count in CommandLine.arguments.dropFirst().compactMap({ Int($0) }).ifEmpty([1, 100, 1_000]) {
                let place = try Place(count)
                defer { place.remove() }
                try measure(place)
            }
        } catch {
            print("sweep-benchmark: \(error)")
            exit(1)
        }
    }

    private static func measure(_ place: Place) throws {
        let buffer = ReadBuffer()
        let rounds = max(20, 4_000 / place.groups.count)
        let readers = place.groups.map { Reader($0) }
        let quick = median(rounds) { for reader in readers { reader.value.read(.quick, with: buffer) } }
        let all = median(rounds) { for reader in readers { reader.value.read(.everything, with: buffer) } }
        for reader in readers { reader.value.lookAgain() }
        let live = LiveContainers(try Containers(layout: place.layout, environment: [:]))
        let seen = live.sweep().containers.count { $0.usage.processes != nil }
        let files = (try? Files.names(in: "/proc/self/fd").count) ?? 0
        // Enough for each container to have had its slow gauges read.
        let sweep = median(rounds) { _ = live.sweep() }
        let begin = residentKilobytes()
        for _ in 0..<rounds { _ = live.sweep() }
        let grown = residentKilobytes() - begin
        func each(_ seconds: Double) -> String { "\(tenths(seconds * 1e6 / Double(place.groups.count))) µs" }
        print(
            """
            \(place.groups.count) containers, of which \(seen) have gauges: quick gauges \(each(quick)) a container, \
            all gauges \(each(all)); a sweep of the dashboard \(each(sweep)) a container, \(tenths(sweep * 1e3)) ms, \
            \(tenths(sweep * 100)) % of a core at 1 Hz; \(files) files open; \(grown) KiB more after \(rounds) sweeps
            """)
    }

    /// CPU seconds of one round, the median.
    private static func median(_ rounds: Int, _ body: () -> Void) -> Double {
        body()
        var times: [Double] = []
        for _ in 0..<rounds {
            let start = cpuSeconds()
            body()
            times.append(cpuSeconds() - start)
        }
        times.sort()
        return times[times.count / 2]
    }

    private static func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func residentKilobytes() -> Int {
        let pages = (Files.text("/proc/self/statm") ?? "").split(separator: " ").dropFirst().first.flatMap { Int($0) }
        return (pages ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) / 1024
    }

    private static func tenths(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}

/// A box for what cannot be copied.
private final class Reader {
    var value: UsageReader

    init(_ group: Cgroup) { value = UsageReader(group) }
}

extension Array {
    fileprivate func ifEmpty(_ other: [Element]) -> [Element] { isEmpty ? other : self }
}
