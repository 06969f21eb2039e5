import Glibc

/// User and group ids of the host: `count` from `first` on.
package struct IDRange: Hashable, Sendable, Codable {
    package var first: UInt32
    package var count: UInt32

    package init(first: UInt32, count: UInt32) {
        self.first = first
        self.count = count
    }
}

/// The ids of a user's own containers: their own as 0, then those that this host gives them in /etc/subuid and
/// /etc/subgid. See subuid(5).
package struct SubordinateIDs: Hashable, Sendable {
    /// One line of /proc/PID/uid_map.
    package struct Map: Hashable, Sendable {
        package var inside: UInt32
        package var outside: UInt32
        package var count: UInt32
    }

    package var users: [Map]
    package var groups: [Map]

    package init(user: UInt32, _ users: [IDRange], group: UInt32, _ groups: [IDRange]) {
        self.users = Self.maps(user, users)
        self.groups = Self.maps(group, groups)
    }

    /// Of the calling user; by their name or their number.
    package static func own() -> SubordinateIDs {
        let names: Set = [UserName.of(geteuid()) ?? "", "\(geteuid())"]
        func ranges(_ path: String) -> [IDRange] {
            parse(Files.text(path) ?? "").filter { names.contains($0.user) }.map(\.range)
        }
        return SubordinateIDs(user: geteuid(), ranges("/etc/subuid"), group: getegid(), ranges("/etc/subgid"))
    }

    /// Lines `user:first:count`.
    package static func parse(_ text: String) -> [(user: String, range: IDRange)] {
        text.lines.compactMap { line in
            let parts = line.split(separator: ":")
            guard parts.count == 3, let first = UInt32(parts[1]), let count = UInt32(parts[2]), count > 0,
                !first.addingReportingOverflow(count - 1).overflow
            else { return nil }
            return (String(parts[0]), IDRange(first: first, count: count))
        }
    }

    /// Where the program `newuidmap` or `newgidmap` is, which gives such ids to a process; `nil` without the package uidmap.
    package static func program(_ name: String) -> String? {
        ["/usr/bin", "/bin", "/usr/local/bin"].map { "\($0)/\(name)" }.first(where: Files.exists)
    }

    private static func maps(_ own: UInt32, _ ranges: [IDRange]) -> [Map] {
        var maps = [Map(inside: 0, outside: own, count: 1)]
        var next: UInt32 = 1
        for range in ranges {
            let (end, overflow) = next.addingReportingOverflow(range.count)
            if overflow { break }
            maps.append(Map(inside: next, outside: range.first, count: range.count))
            next = end
        }
        return maps
    }
}
