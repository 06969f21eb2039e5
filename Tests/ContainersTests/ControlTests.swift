import Glibc
import Linux
import Records
import Testing

@testable import Containers

@Suite(.serialized) struct ControlTests {
    @Test func `who may open no further file is told that, and no supervisor is blamed`() throws {
        let place = try LivePlace()
        let record = try place.add(1)
        let free = dup(0)
        close(free)
        let number = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var old = rlimit()
        getrlimit(number, &old)
        var low = old
        low.rlim_cur = rlim_t(free)
        setrlimit(number, &low)
        defer { setrlimit(number, &old) }
        do throws(ContainerError) {
            _ = try place.containers.supervised(record)
            Issue.record("it has a supervisor")
        } catch { #expect(error.description.hasSuffix("too many open files")) }
    }
}
