import Linux
import Testing

@Suite struct SubordinateIDsTests {
    @Test func `lines of subuid are read, others skipped`() {
        let lines = SubordinateIDs.parse("me:100000:65536\n# x\n1000:5:0\nyou:4294967295:2\n7:200000:1\n")
        #expect(lines.map(\.user) == ["me", "7"])
        #expect(lines.map(\.range.first) == [100_000, 200_000])
    }

    @Test func `one's own id is root inside, the ranges follow, and groups have their own`() {
        let few = IDRange(first: 7, count: 2)
        let many = IDRange(first: 100_000, count: 65_536)
        let ids = SubordinateIDs(user: 1_000, [many, few], group: 100, [few])
        #expect(ids.users.map(\.inside) == [0, 1, 65_537] && ids.users.map(\.outside) == [1_000, 100_000, 7])
        #expect(ids.groups.map(\.outside) == [100, 7] && ids.groups.map(\.count) == [1, 2])
    }

    @Test func `ranges that hold more ids than there are end before`() {
        let all = IDRange(first: 0, count: .max - 1)
        #expect(SubordinateIDs(user: 1, [all, all], group: 1, []).users.count == 2)
    }

    @Test func `lines may end as another system's editor ends them`() {
        #expect(SubordinateIDs.parse("me:100000:65536\r\nyou:7:1\r\n").map(\.range.count) == [65_536, 1])
    }
}
