import Linux
import OCI
import Records

/// Who is who inside and outside a container's user namespace; nothing is mapped with the host's ids.
struct IDMaps: Hashable {
    var users: [RuntimeSpec.IDMapping]
    var groups: [RuntimeSpec.IDMapping]

    /// The host's ids.
    static let host = IDMaps(users: [], groups: [])

    private init(users: [RuntimeSpec.IDMapping], groups: [RuntimeSpec.IDMapping]) {
        self.users = users
        self.groups = groups
    }

    /// A range that nobody else has.
    init(_ range: IDRange) {
        let all = RuntimeSpec.IDMapping(containerID: 0, hostID: range.first, size: range.count)
        self.init(users: [all], groups: [all])
    }

    /// What a user without privileges has.
    init(_ ids: SubordinateIDs) {
        func mappings(_ maps: [SubordinateIDs.Map]) -> [RuntimeSpec.IDMapping] {
            maps.map { .init(containerID: $0.inside, hostID: $0.outside, size: $0.count) }
        }
        self.init(users: mappings(ids.users), groups: mappings(ids.groups))
    }

    var isEmpty: Bool { users.isEmpty }

    /// So many ids, from 0 on, are both a user's and a group's; `nil` where all are.
    var count: UInt32? { isEmpty ? nil : min(Self.count(users), Self.count(groups)) }

    /// So many groups, from 0 on.
    var groupCount: UInt32 { isEmpty ? 2_147_483_648 : Self.count(groups) }

    private static func count(_ mappings: [RuntimeSpec.IDMapping]) -> UInt32 { mappings.reduce(0) { $0 + $1.size } }
}
