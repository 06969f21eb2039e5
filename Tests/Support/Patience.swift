import Glibc

/// How many times longer than usual a test waits for what must come: 1, or what `BOXTOP_TEST_PATIENCE` says. A machine
/// that is emulated, or a program under a sanitizer, is that much slower; what a test asserts stays the same.
package let patience: Double = getenv("BOXTOP_TEST_PATIENCE").flatMap { Double(String(cString: $0)) } ?? 1

/// Whether `condition` holds within `seconds`, or as many times more as a test is patient.
package func eventually(within seconds: Double = 5, _ condition: () throws -> Bool) rethrows -> Bool {
    var (start, now) = (timespec(), timespec())
    clock_gettime(CLOCK_MONOTONIC, &start)
    while try !condition() {
        clock_gettime(CLOCK_MONOTONIC, &now)
        if Double(now.tv_sec - start.tv_sec) > seconds * patience { return false }
        usleep(10_000)
    }
    return true
}
