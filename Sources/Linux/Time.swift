import CLinux
import Glibc

/// Nanoseconds of a clock that never jumps, CLOCK_MONOTONIC. For rates and durations.
package struct MonotonicTime: Hashable, Comparable, Sendable {
    package var nanoseconds: UInt64

    package init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    /// Now.
    package static var now: MonotonicTime { MonotonicTime(nanoseconds: read(CLOCK_MONOTONIC)) }

    /// When the process was started whose status says `ticks`. Those count while the host sleeps too, which this clock does
    /// not: what is older than the clock itself is as old as that.
    package init(startTime ticks: UInt64) {
        let tick = 1e9 / Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
        let age = max(0, Double(read(CLOCK_BOOTTIME)) - Double(ticks) * tick)
        let now = read(CLOCK_MONOTONIC)
        nanoseconds = now - min(UInt64(age), now)
    }

    package static func < (a: MonotonicTime, b: MonotonicTime) -> Bool { a.nanoseconds < b.nanoseconds }

    /// Seconds from `earlier` to this; 0 where that lies ahead.
    package func seconds(since earlier: MonotonicTime) -> Double {
        nanoseconds > earlier.nanoseconds ? Double(nanoseconds - earlier.nanoseconds) / 1e9 : 0
    }
}

/// A point in time, in nanoseconds since 1970-01-01T00:00:00Z. Written as RFC 3339.
package struct Timestamp: Hashable, Comparable, Sendable {
    package var nanoseconds: UInt64

    package init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    /// Now, by the wall clock.
    package static var now: Timestamp { Timestamp(nanoseconds: read(CLOCK_REALTIME)) }

    package static func < (a: Timestamp, b: Timestamp) -> Bool { a.nanoseconds < b.nanoseconds }

    /// Seconds from `earlier` to this; 0 where that lies ahead.
    package func seconds(since earlier: Timestamp) -> Double {
        nanoseconds > earlier.nanoseconds ? Double(nanoseconds - earlier.nanoseconds) / 1e9 : 0
    }
}

private func read(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
