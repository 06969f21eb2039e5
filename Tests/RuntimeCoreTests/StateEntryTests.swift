import JSON
import Linux
import Testing

@testable import RuntimeCore

@Suite struct StateEntryTests {
    private static let full = {
        var entry = StateDirectory.Entry(
            ociVersion: "1.2.0", id: "web", bundle: "/srv/\"a\"\\b\n\u{1}é", cgroup: "/boxtop/web", rootfs: "rootfs",
            created: Timestamp(nanoseconds: 1_764_000_000_000_000_123), annotations: ["b": "2", "a": "1\t"])
        (entry.pid, entry.startTime) = (4711, .max)
        return entry
    }()

    @Test func `a record is read as it was written`() throws {
        #expect(try StateDirectory.Entry.read(Self.full.text) == Self.full)
        var least = Self.full
        (least.cgroup, least.annotations, least.pid) = (nil, nil, 0)
        #expect(try StateDirectory.Entry.read(least.text) == least)
        (least.sharesGroup, least.ownKeyring) = (true, false)
        #expect(try StateDirectory.Entry.read(least.text) == least)
    }

    /// What an older version wrote by `Encodable`, and what another program may read.
    @Test func `a record is JSON, with its members in their order`() throws {
        var entry = Self.full
        (entry.bundle, entry.annotations) = ("/srv/b", ["b": "2", "a": "1"])
        let text = #"{"ociVersion":"1.2.0","id":"web","bundle":"/srv/b","pid":4711,"startTime":18446744073709551615,"#
        let rest = #""cgroup":"/boxtop/web","rootfs":"rootfs","created":"2025-11-24T16:00:00.000000123Z","#
        #expect(String(decoding: entry.text, as: UTF8.self) == text + rest + #""annotations":{"a":"1","b":"2"}}"#)
    }

    @Test(arguments: [
        ("\"pid\":4711", "\"pid\":\"x\"", "pid: a whole number is wanted, not \"x\""),
        ("\"startTime\":18446744073709551615,", "", "startTime: it is missing"),
        ("2025-11-24T", "2025-11-24 at ", "created: it is no time of RFC 3339"),
    ])
    func `a record that was damaged is refused, with its field`(old: String, new: String, sentence: String) {
        let text = String(decoding: Self.full.text, as: UTF8.self).replacing(old, with: new)
        let error = #expect(throws: JSONError.self) { try StateDirectory.Entry.read(Array(text.utf8)) }
        #expect(error?.description == sentence)
    }
}
