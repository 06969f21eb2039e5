import OCI

extension Bundle {
    func linux() throws(ContainerError) -> RuntimeSpec.LinuxPart {
        var linux = RuntimeSpec.LinuxPart(
            namespaces: namespaces().map { RuntimeSpec.Namespace($0) }, uidMappings: ids.users, gidMappings: ids.groups,
            cgroupsPath: cgroup)
        linux.resources = .init(devices: deviceRules())
        linux.sysctl = try sysctls()
        let unmasked = new.privileged || new.security.contains(.unmaskAll)
        linux.maskedPaths = unmasked ? [] : DefaultIsolation.maskedPaths
        linux.readonlyPaths = unmasked ? [] : DefaultIsolation.readOnlyPaths
        linux.seccomp = try seccomp()
        // In a namespace of its own, nodes are bound instead: see the mounts.
        if !hasOwnUsers {
            linux.devices = devices.map {
                .init(
                    type: $0.type, path: $0.request.destination, major: Int64($0.major), minor: Int64($0.minor),
                    fileMode: $0.mode, uid: $0.user, gid: $0.group)
            }
        }
        if let propagation = volumes.compactMap(\.request.propagation).first(where: { $0.contains("shared") }) {
            linux.rootfsPropagation = propagation
        } else if volumes.contains(where: { $0.request.propagation?.contains("slave") ?? false }) {
            linux.rootfsPropagation = "rslave"
        }
        return linux
    }

    private func namespaces() -> [RuntimeSpec.Namespace.Kind] {
        var kinds: [RuntimeSpec.Namespace.Kind] = [.mount, .cgroup]
        if new.pids != .host { kinds.append(.pid) }
        if new.ipc == .own { kinds.append(.ipc) }
        if new.uts == .own { kinds.append(.uts) }
        if new.network != .host { kinds.append(.network) }
        if hasOwnUsers { kinds.append(.user) }
        return kinds
    }

    private func deviceRules() -> [RuntimeSpec.DeviceRule] {
        if new.privileged { return [.init(allow: true, access: "rwm")] }
        return DefaultIsolation.deviceRules
            + devices.map {
                .init(
                    allow: true, type: $0.type, major: Int64($0.major), minor: Int64($0.minor),
                    access: $0.request.access)
            }
    }

    private func seccomp() throws(ContainerError) -> RuntimeSpec.Seccomp? {
        if let seccompProfile { return seccompProfile }
        if new.privileged || new.security.contains(.seccompUnconfined) { return nil }
        let names = try process().capabilities?.bounding ?? []
        return DefaultSeccomp.profile(capabilities: names, machine: facts.machine)
    }

    /// Only settings that a namespace keeps to the container may be changed.
    private func sysctls() throws(ContainerError) -> [String: String] {
        for (key, _) in new.sysctls {
            let isNetwork = key.hasPrefix("net.")
            let isIPC =
                key.hasPrefix("fs.mqueue.") || key.hasPrefix("kernel.shm") || key.hasPrefix("kernel.msg")
                || key == "kernel.sem"
            guard (isNetwork && new.network.isOwn) || (isIPC && new.ipc == .own) else {
                throw ContainerError(
                    .invalid,
                    "the kernel setting “\(key)” would hold for the whole host: only net.* and those of "
                        + "System V and message queues are a container's own")
            }
        }
        guard new.network.isOwn else { return new.sysctls }
        // Nobody else is in its network: low ports and pings need no rights there.
        let usual = [
            "net.ipv4.ip_unprivileged_port_start": "0", "net.ipv4.ping_group_range": "0 \(ids.groupCount - 1)",
        ]
        return usual.merging(new.sysctls) { $1 }
    }
}
