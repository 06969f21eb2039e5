import Glibc
import Linux
import OCI

/// Who is who inside and outside a user namespace: uid_map and gid_map. See user_namespaces(7).
enum IdentifierMaps {
    /// Writes the maps of process `pid`, just cloned into a new user namespace.
    ///
    /// Root writes them itself; anybody else may map one id, its own, and needs newuidmap(1) for a range.
    static func write(_ linux: OCI.RuntimeSpec.LinuxPart, for pid: Int32) throws(LaunchError) {
        let (user, group) = (text(linux.uidMappings), text(linux.gidMappings))
        if geteuid() != 0 {
            try writeUnprivileged(linux, user, group, pid)
            return
        }
        try during(.identifiers) { () throws(SystemCallError) in
            try Files.write(user.utf8, to: "/proc/\(pid)/uid_map")
            try Files.write(group.utf8, to: "/proc/\(pid)/gid_map")
        }
    }

    static func text(_ mappings: [OCI.RuntimeSpec.IDMapping]) -> String {
        mappings.map { "\($0.containerID) \($0.hostID) \($0.size)\n" }.joined()
    }

    private static func writeUnprivileged(
        _ linux: OCI.RuntimeSpec.LinuxPart, _ user: String, _ group: String, _ pid: Int32
    ) throws(LaunchError) {
        func isOwn(_ mappings: [OCI.RuntimeSpec.IDMapping], _ id: UInt32) -> Bool {
            mappings.count == 1 && mappings[0].hostID == id && mappings[0].size == 1
        }
        if isOwn(linux.uidMappings, getuid()) && isOwn(linux.gidMappings, getgid()) {
            try during(.identifiers) { () throws(SystemCallError) in
                try Namespaces.mapOwn(users: user, groups: group, of: "\(pid)")
            }
            return
        }
        for (program, mappings) in [("newuidmap", linux.uidMappings), ("newgidmap", linux.gidMappings)] {
            let numbers = mappings.flatMap { ["\($0.containerID)", "\($0.hostID)", "\($0.size)"] }
            guard let path = SubordinateIDs.program(program) else {
                throw LaunchError(.identifiers, "\(program) is not installed (package uidmap)")
            }
            let outcome = try ChildProgram(path: path, arguments: [program, "\(pid)"] + numbers).run(step: .identifiers)
            if outcome != .exited(0) {
                throw LaunchError(.identifiers, "\(program) \(outcome): are the ids in /etc/subuid and /etc/subgid?")
            }
        }
    }
}
