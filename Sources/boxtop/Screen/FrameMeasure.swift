import Dashboard
import Glibc
import Linux
import TerminalKit

/// `boxtop --demo --demo-frames N`: what a frame costs without a terminal, for Benchmarks.
///
/// A frame is drawn after each of `frames` sweeps and after each of as many keys; what changed is looked for as the
/// terminal does.
func measureFrames(_ frames: Int, count: Int, rows: Int, columns: Int) {
    var tick: UInt64 = 0
    let containers = DemoContainers(count: count) {
        tick += 1
        return (
            MonotonicTime(nanoseconds: tick * 1_000_000_000), Timestamp(nanoseconds: (1 << 60) + tick * 1_000_000_000)
        )
    }
    var model = Model()
    _ = update(&model, .resize(rows: rows, columns: columns))
    var spent = (update: 0.0, key: 0.0, view: 0.0, cells: 0)
    var last: Canvas?
    func time(_ work: () -> Void) -> Double {
        let start = ProcessorTime.now
        work()
        return ProcessorTime.now - start
    }
    func draw() {
        spent.view += time {
            let canvas = view(model)
            canvas.runs(since: last) { spent.cells += $0.count }
            last = canvas
        }
    }
    for _ in 0..<frames {
        let snapshot = containers.sweep()
        spent.update += time { _ = update(&model, .snapshot(snapshot)) }
        draw()
        spent.key += time { _ = update(&model, .input(.key(.down))) }
        draw()
    }
    func milliseconds(_ seconds: Double, _ times: Int) -> String { Format.fixed(seconds * 1_000 / Double(times), 3) }
    print(
        """
        \(count) containers on \(columns)x\(rows), \(frames) sweeps and as many keys; CPU of each, in ms:
        frame    \(milliseconds(spent.view, frames * 2))
        snapshot \(milliseconds(spent.update, frames))
        key      \(milliseconds(spent.key, frames))
        changed  \(spent.cells / frames / 2) cells
        """)
}

enum ProcessorTime {
    /// Seconds of CPU that this process has used: other processes don't disturb them as they do the clock.
    static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
