import Records

extension Networks {
    /// Lets others find a running container by its new name.
    package func rename(_ id: String, from old: String, to new: String) throws(NetworkError) {
        let lock = try lock()
        defer { withExtendedLifetime(lock) {} }
        var members = members()
        for index in members.indices where members[index].id == id {
            members[index].names = [new] + members[index].names.filter { $0 != old && $0 != new }
        }
        try write(members)
        HostNames(layout).refresh(members, networks: Set(members.filter { $0.id == id }.map(\.network)), own: nil)
    }
}
