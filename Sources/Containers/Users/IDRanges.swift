import Linux
import OCI
import Records

/// Ranges of user and group ids for containers' user namespaces: 65,536 each, none in two containers.
///
/// Between 1,879,048,192 and 2,147,352,576, which systemd's table of ids leaves unused: 4,094 containers at a time.
/// Ranges that /etc/subuid or /etc/subgid give to somebody are left out.
struct IDRanges {
    static let size: UInt32 = 65_536
    private static let base: UInt32 = 0x7000_0000
    private static let count: UInt32 = 4_094

    /// Ranges that others have: of /etc/subuid and /etc/subgid.
    let reserved: [IDRange]

    init(reserved: [IDRange]) { self.reserved = reserved }

    /// As /etc/subuid and /etc/subgid of this host have it.
    init() {
        reserved = ["/etc/subuid", "/etc/subgid"].flatMap { Self.parse(Files.text($0) ?? "").map(\.range) }
    }

    /// Lines `user:first:count` of subuid(5).
    static func parse(_ text: String) -> [(user: String, range: IDRange)] {
        text.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: ":")
            guard parts.count == 3, let first = UInt32(parts[1]), let count = UInt32(parts[2]), count > 0,
                !first.addingReportingOverflow(count - 1).overflow
            else { return nil }
            return (String(parts[0]), IDRange(first: first, count: count))
        }
    }

    /// Ranges to try for container `id`, in an order that the id gives: so many rarely meet.
    func candidates(for id: String) -> some Sequence<IDRange> {
        let start = UInt32(id.prefix(8), radix: 16) ?? 0
        return (0..<Self.count).lazy
            .map { IDRange(first: Self.base + (start &+ $0) % Self.count * Self.size, count: Self.size) }
            .filter { candidate in !reserved.contains { Self.overlap($0, candidate) } }
    }

    static func overlap(_ a: IDRange, _ b: IDRange) -> Bool {
        UInt64(a.first) < UInt64(b.first) + UInt64(b.count) && UInt64(b.first) < UInt64(a.first) + UInt64(a.count)
    }

    /// Takes a range for `id`.
    func claim(for id: String, in layout: Layout) throws(ContainerError) -> IDRange {
        let claims = Claims.idRanges(layout)
        for range in candidates(for: id) where try claims.claim("\(range.first)", for: id) { return range }
        throw ContainerError(
            .unsupported, "all ranges of user ids are taken: remove containers that have ended, or use --userns host")
    }

    /// How ids of a container of a user without privileges map: their own as root, then the ranges that /etc/subuid
    /// gives them.
    static func rootless(user: UInt32, ranges: [IDRange]) -> [RuntimeSpec.IDMapping] {
        var mappings = [RuntimeSpec.IDMapping(containerID: 0, hostID: user, size: 1)]
        var next: UInt32 = 1
        for range in ranges {
            mappings.append(.init(containerID: next, hostID: range.first, size: range.count))
            next += range.count
        }
        return mappings
    }
}
