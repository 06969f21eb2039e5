import CLinux
import Linux
import OCI

/// What of a config.json cannot be had, and is no reason to refuse a container: told to whoever reads the log.
extension OCI.RuntimeSpec {
    package var warnings: [String] {
        var warnings: [String] = []
        if let process {
            warnings += process.warnings(inOwnUsers: linux?.namespaces.contains { $0.type == .user } == true)
        }
        if let kernel = linux?.resources?.memory?.kernel, kernel > 0 {
            warnings.append("linux.resources.memory.kernel: no kernel since Linux 5.16 limits it apart; ignored")
        }
        // It confines nobody: process.selinuxLabel does, and is refused.
        if linux?.mountLabel?.isEmpty == false && !SecurityLabel.hasSELinux {
            warnings.append("linux.mountLabel: this host has no SELinux; ignored")
        }
        if linux?.namespaces.contains(where: { $0.type == .mount }) != true {
            warnings.append("linux.namespaces: there is no mount namespace: mounts are made among this runtime's own")
        }
        return warnings
    }
}

extension OCI.RuntimeSpec.Process {
    /// - Parameter inOwnUsers: the process is in a user namespace, where everything can be given.
    package func warnings(inOwnUsers: Bool) -> [String] {
        var lowered: [String] = []
        for limit in rlimits.compactMap({ ProcessLimit($0) }) {
            guard let hard = limit.makeRoom() else { continue }
            lowered.append("process.rlimits: \(limit.name) is not this runtime's to raise; lowered to \(hard)")
        }
        guard let sets = capabilities else { return lowered }
        var (effective, permitted, inheritable): (UInt64, UInt64, UInt64) = (0, 0, 0)
        let known = clinux_capget(&effective, &permitted, &inheritable) == 0 && !inOwnUsers
        var warnings: [String] = []
        func warn(of names: [String], wanted: Bool) {
            for name in names {
                let text: String
                if let number = Capability.number(name) {
                    if !known || !wanted || permitted & 1 << UInt64(number) != 0 { continue }
                    text = "process.capabilities: \(name) is not this runtime's to give; ignored"
                } else {
                    text = "process.capabilities: there is no capability \(name); ignored"
                }
                if !warnings.contains(text) { warnings.append(text) }
            }
        }
        warn(of: sets.permitted, wanted: true)
        warn(of: sets.effective, wanted: true)
        warn(of: sets.bounding, wanted: false)
        warn(of: sets.inheritable, wanted: false)
        warn(of: sets.ambient, wanted: false)
        return warnings.sorted() + lowered
    }
}
