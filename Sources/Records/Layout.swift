import Glibc
import Linux

/// Where everything of boxtop lies. Passed in, never global, so that tests have roots of their own.
package struct Layout: Hashable, Sendable, Codable {
    /// What outlives a reboot: images, containers, volumes. `/var/lib/boxtop`.
    package var state: String
    /// What does not: status files, sockets. `/run/boxtop`.
    package var run: String
    /// The control group that containers' groups are made in, from the root of each hierarchy. `/boxtop`.
    package var cgroupParent: String
    /// Another run folder of the same person's, in which containers may run whose states do not name theirs: they are of
    /// older versions.
    package var olderRun: String?

    package init(state: String, run: String, cgroupParent: String) {
        self.state = state
        self.run = run
        self.cgroupParent = cgroupParent
    }

    /// The usual places: the system's for root, the XDG folders for anybody else (see `usualRun`); `BOXTOP_STATE`,
    /// `BOXTOP_RUN` and `BOXTOP_CGROUP_PARENT` go before both. A place that is relative is one from the folder that this
    /// process is in: a container's processes and hooks are in others.
    package init(environment: [String: String], user: uid_t) {
        let home = environment["HOME"] ?? "/tmp"
        let data = environment["XDG_DATA_HOME"] ?? "\(home)/.local/share"
        state = Self.absolute(environment["BOXTOP_STATE"] ?? (user == 0 ? "/var/lib/boxtop" : "\(data)/boxtop"))
        run = Self.absolute(environment["BOXTOP_RUN"] ?? Self.usualRun(environment, user: user))
        cgroupParent = environment["BOXTOP_CGROUP_PARENT"] ?? "/boxtop"
        if environment["BOXTOP_RUN"] == nil { olderRun = Self.olderRun(beside: run, user: user) }
    }

    private static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let folder = getcwd(nil, 0) else { return path }
        defer { free(folder) }
        return "\(String(cString: folder))/\(path)"
    }

    package var images: String { "\(state)/images" }
    package var volumes: String { "\(state)/volumes" }
    /// The file of `VolumeLock`.
    var volumesLock: String { "\(state)/volumes.lock" }
    package var containers: String { "\(state)/containers" }
    /// Containers in the making, and what is on its way out: no list shows it, and a crash's leftovers are swept.
    package var building: String { "\(state)/building" }
    package func building(_ id: String) -> String { "\(building)/\(id)" }
    /// Whether container `id` is there, or is being made.
    package func has(_ id: String) -> Bool {
        // In this order: it may be renamed from the one place to the other meanwhile.
        Files.exists(building(id)) || Files.exists(container(id))
    }
    /// Symbolic links from a container's name to its id: made with one exclusive call, so that a name is taken once.
    package var names: String { "\(state)/names" }
    /// Symbolic links from the first id of a user namespace's range to the container that has the range.
    package var idRanges: String { "\(state)/ids" }
    /// The networks: a folder each, named like it, with what it is and who has which of its addresses.
    package var networks: String { "\(state)/networks" }
    /// Who is in which network now, a line each: what rules and names are made from.
    package var networkMembers: String { "\(run)/network.members" }
    /// What the packet filter's rules have been made for, one line.
    package var networkRules: String { "\(run)/network.rules" }
    /// Process ids of what connects containers without root, a file each. Not in the run folder, which goes with a
    /// person's last login.
    package var pastas: String { "\(state)/pasta" }
    package func pasta(_ id: String) -> String { "\(pastas)/\(id)" }
    package var events: String { "\(state)/events.log" }

    /// The folder of container `id`: record, bundle, upper and work directories, log, lock.
    package func container(_ id: String) -> String { "\(containers)/\(id)" }
    package func record(_ id: String) -> String { "\(containers)/\(Self.recordName(id))" }
    /// Below `containers`.
    package static func recordName(_ id: String) -> String { "\(id)/container.json" }
    /// A folder that is there where the container is not to outlive the host's going down: what is in its other files need
    /// not be on the disk, and a name is there before what is written to it.
    package func transience(_ id: String) -> String { "\(container(id))/\(Self.transienceName)" }
    package static let transienceName = "transient"
    package func configuration(_ id: String) -> String { "\(container(id))/config.json" }
    package func log(_ id: String) -> String { "\(container(id))/container.log" }
    /// The file that whoever acts on the container holds an flock(2) on.
    package func lock(_ id: String) -> String { "\(container(id))/lock" }
    /// In a container's folder: the names that it has for this host, a line each, where it was asked for some.
    package static let gatewayNames = "host-gateway"
    /// The file that its supervisor holds an flock(2) on, wherever that one's run folder is: so there are never two.
    package func supervisorLock(_ id: String) -> String { "\(container(id))/supervisor.lock" }
    /// The last status written before the container, or the host, went: what lists show after a reboot.
    package func lastState(_ id: String) -> String { "\(containers)/\(Self.stateName(id))" }
    /// Below `run`, or `containers`.
    package static func stateName(_ id: String) -> String { "\(id)/state.json" }

    package func runtime(_ id: String) -> String { "\(run)/\(id)" }
    /// The live status, written by the supervisor alone.
    package func liveState(_ id: String) -> String { "\(run)/\(Self.stateName(id))" }
    /// The last health checks while it runs, and afterwards until the next start.
    package func healthLog(_ id: String) -> String { "\(runtime(id))/health.json" }
    package func controlSocket(_ id: String) -> String { "\(runtime(id))/control.sock" }
    /// Interfaces, addresses and ports while it runs.
    package func networkState(_ id: String) -> String { "\(runtime(id))/network.json" }
    /// Compiled seccomp filters, by what they were compiled from. No container's: ids are longer and hexadecimal.
    package var filters: String { "\(run)/filters" }
    package func cgroup(_ id: String) -> String { "\(cgroupParent)/\(id)" }
}
