import Glibc

/// How many times longer than usual a test waits for what must come: 1, or what `BOXTOP_TEST_PATIENCE` says. A machine
/// that is emulated, or a program under a sanitizer, is that much slower; what a test asserts stays the same.
package let patience: Double = getenv("BOXTOP_TEST_PATIENCE").flatMap { Double(String(cString: $0)) } ?? 1
