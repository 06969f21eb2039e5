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
    func users(
        of new: NewContainer, _ building: inout Building, facts: HostFacts
    ) throws(ContainerError) -> (IDMaps, IDRange?) {
        if facts.user != 0 { return (IDMaps(.own()), IDRange(first: facts.user, count: 1)) }
        if (new.users ?? (new.privileged ? .host : .automatic)) == .host { return (.host, nil) }
        let range = try building.takeRange()
        return (IDMaps(range), range)
    }
}
