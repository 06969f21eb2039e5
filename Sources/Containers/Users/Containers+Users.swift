import Linux
import Records

/// Whose a container's program and files are.
extension Containers {
    /// The user that the container's program runs as.
    ///
    /// - Parameter count: so many ids there are, where not all are.
    func account(
        of new: NewContainer, base: Base, below count: UInt32?
    ) throws(ContainerError) -> UserLookup.Account {
        let lookup = try explaining("cannot look up the user") { () throws(SystemCallError) in
            try UserLookup(in: base.folders.root)
        }
        return try lookup.find(
            new.user ?? base.defaults.user, extraGroups: new.supplementaryGroups, below: count)
    }

    /// The id maps, and the range that they stand for in the record; none with the host's ids.
    ///
    /// - Parameter other: the container whose process ids it shares, and with them the user ids.
    func users(
        of new: NewContainer, _ building: inout Building, facts: HostFacts, sharedWith other: ContainerRecord?
    ) throws(ContainerError) -> (IDMaps, IDRange?) {
        if facts.user != 0 { return (IDMaps(.own()), IDRange(first: facts.user, count: 1)) }
        if new.userNamespace == .host { return (.host, nil) }
        if let range = other?.ids { return (IDMaps(range), range) }
        let range = try building.takeRange()
        return (IDMaps(range), range)
    }
}
