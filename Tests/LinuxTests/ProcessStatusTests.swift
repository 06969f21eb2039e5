import Glibc
import Linux
import Testing

@Suite struct ProcessStatusTests {
    /// Fields 3 to 24, after the name, with these at 4, 9, 14, 15, 22 and 24.
    private static func text(
        name: String = "sh", state: String = "S", parent: String = "1", flags: String = "4194304", user: String = "30",
        system: String = "12", start: String = "4242", pages: String = "25"
    ) -> [UInt8] {
        let front = "7 (\(name)) \(state) \(parent) 7 7 0 -1 \(flags) 0 0 0 0 \(user) \(system) 0 0 20 -5 1 0 "
        return Array((front + "\(start) 1000000 \(pages) 18446744073709551615 1\n").utf8)
    }

    @Test func `a process may be called what separates the fields of its status`() throws {
        let text = Self.text(name: "a) R (b) Z ", state: "Z")
        let status = try #require(ProcessStatus(text))
        #expect(status.hasEnded && !status.isStopped && status.hasExecuted)
        #expect((status.parent, status.ticks) == (1, 42))
        #expect((status.startTime, status.residentPages) == (4242, 25))
        #expect(ProcessStatus.name(in: text) == "a) R (b) Z ")
    }

    @Test(arguments: [("4194368", false), ("4194304", true)])
    func `a process that has executed nothing yet is told from a program`(flags: String, hasExecuted: Bool) {
        #expect(ProcessStatus(Self.text(flags: flags))?.hasExecuted == hasExecuted)
        #expect(ProcessStatus(of: getpid())?.hasExecuted == true)
    }

    @Test(arguments: [
        ("R", false, false), ("S", false, false), ("T", false, true), ("t", false, true), ("Z", true, false),
        ("X", true, false),
    ])
    func `a state is an end, a stop or neither`(state: String, hasEnded: Bool, isStopped: Bool) {
        let status = ProcessStatus(Self.text(state: state))
        #expect(status?.hasEnded == hasEnded && status?.isStopped == isStopped)
    }

    @Test func `a status that is cut off anywhere tells nothing`() {
        let text = Self.text(name: "a (b")
        // The space after field 24 says that it is whole.
        let end = text.count - " 18446744073709551615 1\n".utf8.count
        for length in 0...text.count {
            #expect((ProcessStatus(Array(text.prefix(length))) != nil) == (length > end), "\(length)")
        }
    }

    @Test(arguments: [
        text(parent: "-1"), text(parent: "4294967297"), text(flags: ""), text(flags: "x"), text(user: "1x"),
        text(start: "99999999999999999999"), text(pages: "-25"), Array("garbage".utf8), Array(")(".utf8),
    ])
    func `what is no number, or garbage, tells nothing`(text: [UInt8]) {
        #expect(ProcessStatus(text) == nil)
    }

    @Test func `a name needs both its parentheses`() {
        #expect(ProcessStatus.name(in: Array("7 (a".utf8)) == nil && ProcessStatus.name(in: Array(")(".utf8)) == nil)
        #expect(ProcessStatus.name(in: Array("7 ()".utf8)) == "")
    }

    @Test func `a process that is not there has no status`() {
        #expect(ProcessStatus(of: -1) == nil)
        #expect(ProcessStatus(of: 1) != nil)
        #expect(ProcessStatus(of: getpid())?.parent == getppid())
    }

    @Test func `a process's start is a time of the clock that never jumps, whatever its ticks are`() throws {
        let child = fork()
        if child == 0 { _exit(0) }
        defer { waitpid(child, nil, 0) }
        let status = try #require(ProcessStatus(of: child))
        #expect(MonotonicTime.now.seconds(since: MonotonicTime(startTime: status.startTime)) < 2)
        #expect(MonotonicTime(startTime: 0) < MonotonicTime(startTime: status.startTime))
        #expect(MonotonicTime.now.seconds(since: MonotonicTime(startTime: .max)) < 2)
    }
}
