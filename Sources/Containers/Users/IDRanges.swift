import Linux
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
        reserved = ["/etc/subuid", "/etc/subgid"].flatMap { path in
            SubordinateIDs.parse(Files.text(path) ?? "").map(\.range)
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
}
