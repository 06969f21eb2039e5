import Linux
import Monitoring
import Testing

@Suite struct RateTests {
    private static func time(_ seconds: Double) -> MonotonicTime {
        MonotonicTime(nanoseconds: UInt64(seconds * 1e9))
    }

    @Test func `the first look gives no rate, the second what was measured over the time that was measured`() {
        var rate = Rate()
        #expect(rate.value == nil)
        rate.update(1_000, at: Self.time(10))
        #expect(rate.value == nil)
        rate.update(3_000, at: Self.time(12.5))
        #expect(rate.value == 800)
        rate.update(3_000, at: Self.time(13))
        #expect(rate.value == 0)
    }

    @Test func `a counter that goes backwards gives no rate, and the next look does again`() {
        var rate = Rate()
        rate.update(5_000, at: Self.time(1))
        rate.update(6_000, at: Self.time(2))
        rate.update(10, at: Self.time(3))
        #expect(rate.value == nil)
        rate.update(20, at: Self.time(4))
        #expect(rate.value == 10)
    }

    @Test func `a counter that is not there gives no rate`() {
        var rate = Rate()
        rate.update(1, at: Self.time(1))
        rate.update(2, at: Self.time(2))
        rate.update(nil, at: Self.time(3))
        #expect(rate.value == nil)
        rate.update(4, at: Self.time(4))
        #expect(rate.value == nil)
    }

    @Test func `two looks at one moment change nothing`() {
        var rate = Rate()
        rate.update(0, at: Self.time(1))
        rate.update(100, at: Self.time(2))
        rate.update(5_000, at: Self.time(2))
        #expect(rate.value == 100)
    }

    @Test func `a rate is not clamped`() {
        var cpu = Rate()
        cpu.update(0, at: Self.time(1))
        cpu.update(7_500_000_000, at: Self.time(2))
        #expect(cpu.value == 7.5e9)
    }

    @Test(
        arguments: [
            ((5, 10), (8, 20), 0.3), ((5, 10), (5, 20), 0), ((0, 0), (10, 10), 1), ((5, 10), (6, 10), nil),
            ((5, 10), (1, 20), nil), ((5, 10), (6, 5), nil),
        ] as [((UInt64, UInt64), (UInt64, UInt64), Double?)])
    func `a share is one growth in another`(first: (UInt64, UInt64), second: (UInt64, UInt64), value: Double?) {
        var share = Share()
        share.update(first.0, of: first.1)
        #expect(share.value == nil)
        share.update(second.0, of: second.1)
        #expect(share.value == value)
    }
}
