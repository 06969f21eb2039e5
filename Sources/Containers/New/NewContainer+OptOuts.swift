import Cgroups

extension NewContainer {
    /// What of the usual isolation this container goes without, in a person's words; none for most.
    ///
    /// - Parameter ownUsers: whether it gets user ids of its own.
    func optOuts(ownUsers: Bool) -> [String] {
        var all: [String] = []
        if privileged { all.append("privileged") }
        if !ownUsers && !privileged { all.append("the host's user ids") }
        if pids == .host { all.append("the host's process ids") }
        if network == .host { all.append("the host's network") }
        if ipc != .own { all.append("the host's shared memory") }
        if uts != .own { all.append("the host's name") }
        for option in security {
            switch option {
            case .seccompUnconfined: all.append("all system calls")
            case .unmaskAll: all.append("unmasked")
            case .noNewPrivileges(false): all.append("new privileges")
            case .apparmor("unconfined"): all.append("no AppArmor")
            case .noNewPrivileges, .seccompProfile, .apparmor: break
            }
        }
        let usual = Set(DefaultIsolation.capabilities)
        let added = addedCapabilities.map { $0.uppercased() }
            .map { $0.hasPrefix("CAP_") || $0 == "ALL" ? $0 : "CAP_\($0)" }
        all += added.filter { !usual.contains($0) && !privileged }.map { $0 == "ALL" ? "all capabilities" : $0 }
        all += devices.map(\.destination).filter { _ in !privileged }
        if limits.processes == nil { all.append("processes without limit") }
        return all
    }
}
