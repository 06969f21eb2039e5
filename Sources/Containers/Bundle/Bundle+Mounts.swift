import OCI

extension Bundle {
    /// The file systems that every program expects, then the container's own files, then what was asked for, a folder
    /// before those inside it. One that was asked for takes the place of a usual one.
    func mounts() throws(ContainerError) -> [RuntimeSpec.Mount] {
        let asked = try askedMounts()
        let taken = Set(asked.map(\.destination))
        return (usualMounts() + ownFiles() + notifyFolder()).filter { !taken.contains($0.destination) } + asked
    }

    private func usualMounts() -> [RuntimeSpec.Mount] {
        let safe = ["nosuid", "noexec", "nodev"]
        let access = new.privileged ? "rw" : "ro"
        // The kernel lets a user namespace mount these only together with the namespace that they show.
        let sharesNetwork = hasOwnUsers && !new.network.isOwn
        let sharesPids = hasOwnUsers && new.pids == .host
        let sharesIPC = new.ipc == .host
        var mounts = [
            sharesPids
                ? bind("/proc", options: ["rbind"] + safe)
                : .init(destination: "/proc", type: "proc", source: "proc", options: safe),
            .init(
                destination: "/dev", type: "tmpfs", source: "tmpfs",
                options: ["nosuid", "strictatime", "mode=755", "size=65536k"]),
            .init(destination: "/dev/pts", type: "devpts", source: "devpts", options: terminalOptions),
            sharesNetwork
                ? bind("/sys", options: ["rbind", access] + safe)
                : .init(destination: "/sys", type: "sysfs", source: "sysfs", options: safe + [access]),
            .init(
                destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup",
                options: safe + ["relatime", access]),
        ]
        if sharesIPC {
            mounts.append(bind("/dev/shm", options: ["bind"] + safe))
            if facts.hasMessageQueues { mounts.append(bind("/dev/mqueue", options: ["bind"] + safe)) }
        } else {
            mounts += [
                .init(destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: safe),
                .init(
                    destination: "/dev/shm", type: "tmpfs", source: "shm",
                    options: safe + ["mode=1777", "size=\(new.sharedMemory ?? 64 << 20)"]),
            ]
        }
        if !new.hasSharedMemory { mounts.removeAll { $0.destination == "/dev/shm" } }
        return mounts
    }

    /// Group 5 is `tty` on every distribution; without it mapped, terminals keep the mounter's.
    private var terminalOptions: [String] {
        let group = ids.groupCount > 5
        return ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"] + (group ? ["gid=5"] : [])
    }

    private func bind(_ path: String, options: [String]) -> RuntimeSpec.Mount {
        // What a kernel file system shows has no owners that could be mapped.
        .init(destination: path, type: "bind", source: path, options: options + ["noidmap"])
    }

    private func ownFiles() -> [RuntimeSpec.Mount] {
        ["hosts", "hostname", "resolv.conf"].map { name in
            var source = folder
            // Whoever is in another container's network has that one's names in it.
            if case .container(let id) = new.network, name != "hostname" { source = "\(Paths.parent(folder))/\(id)" }
            return .init(
                destination: "/etc/\(name)", type: "bind", source: "\(source)/\(name)",
                options: ["bind", "rprivate"] + (new.readOnly ? ["ro"] : []))
        }
    }

    private func notifyFolder() -> [RuntimeSpec.Mount] {
        guard new.saysReady else { return [] }
        return [
            .init(
                destination: NotifyFolder.inside, type: "bind", source: "\(folder)/\(NotifyFolder.name)",
                options: ["bind", "rprivate", "nosuid", "noexec", "nodev", "ro"])
        ]
    }

    private func askedMounts() throws(ContainerError) -> [RuntimeSpec.Mount] {
        var mounts = volumes.map { volume in
            let request = volume.request
            return RuntimeSpec.Mount(
                destination: request.destination, type: "bind", source: volume.path,
                options: [
                    request.recursive ? "rbind" : "bind", request.propagation ?? "rprivate",
                    request.readOnly ? "ro" : "rw",
                ] + (request.mapIDs ? [] : ["noidmap"]))
        }
        mounts += new.tmpfs.map {
            .init(destination: $0.destination, type: "tmpfs", source: "tmpfs", options: Self.options(of: $0))
        }
        // A device node cannot be made in a user namespace of its own: the host's is bound in its place.
        if hasOwnUsers {
            mounts += devices.map {
                .init(
                    destination: $0.request.destination, type: "bind", source: $0.request.source,
                    options: ["bind", "nosuid", "noexec", "noidmap"])
            }
        }
        var seen: Set<String> = []
        for mount in mounts where !seen.insert(mount.destination).inserted {
            throw ContainerError(.invalid, "two mounts on \(mount.destination): give only one")
        }
        return mounts.enumerated().sorted { a, b in
            let depths = (Self.depth(a.element), Self.depth(b.element))
            return depths.0 == depths.1 ? a.offset < b.offset : depths.0 < depths.1
        }.map(\.element)
    }

    private static func depth(_ mount: RuntimeSpec.Mount) -> Int { mount.destination.split(separator: "/").count }

    /// As docker: nothing on it is executed, set-id or a device unless the options say so.
    private static func options(of request: TmpfsRequest) -> [String] {
        let opposites = ["noexec": "exec", "nosuid": "suid", "nodev": "dev"]
        var options = ["noexec", "nosuid", "nodev"].filter { name in
            !request.options.contains(name) && !request.options.contains(opposites[name] ?? "")
        }
        if !request.options.contains(where: { $0.hasPrefix("mode=") }) { options.append("mode=1777") }
        return options + request.options
    }
}
