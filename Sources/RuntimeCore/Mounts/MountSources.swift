import CLinux
import Glibc
import Linux
import OCI

/// Mounts of the host's files, made by whoever may read and map them: the launching process for a container with a
/// user namespace of its own, else the child.
enum MountSources {
    /// All that the child of `plan` cannot make itself: the root, then each bind mount in order, then the devices.
    ///
    /// - Parameter users: the child's user namespace, with its maps written.
    static func prepare(_ plan: Plan, users: Int32) throws(LaunchError) -> [FileDescriptorNumber] {
        var made: [FileDescriptorNumber] = []
        do throws(LaunchError) {
            let owners = plan.request.mapsOwners && plan.namespaces.isOwn(.user) ? MappedOwners(users, plan.linux) : nil
            let name = plan.request.rootfs.name
            do throws(SystemCallError) {
                made.append(try plan.request.rootfs.mounted(owners: owners).intoDescriptor().release())
            } catch {
                throw LaunchError(.rootfs, on: name, explanation(error))
            }
            for mount in plan.mounts {
                guard case .bind(let source) = mount.kind else { continue }
                do throws(SystemCallError) {
                    let tree = try bind(mount, source, owners: users)
                    // Taken in the host's namespace it is the host's peer, unless mounts are to travel there.
                    if !mount.options.propagations.isEmpty, plan.rootPropagation?.kind != UInt64(MS_SHARED) {
                        try tree.descriptor.setPropagation(UInt64(MS_SLAVE), recursive: true)
                    }
                    made.append(tree.intoDescriptor().release())
                } catch {
                    throw LaunchError(.mount, on: "/\(mount.target)", "source \(source): \(explanation(error))")
                }
            }
            return try made + DeviceSources.prepare(plan)
        } catch {
            for descriptor in made { close(descriptor) }
            throw error
        }
    }

    /// An open descriptor that whoever has the number must close.
    typealias FileDescriptorNumber = Int32

    /// A copy of what is at `source` on the host, owners mapped as `mount` wants it.
    ///
    /// - Parameter owners: the container's user namespace; `nil` where it has none of its own.
    static func bind(_ mount: MountPlan, _ source: String, owners: Int32?) throws(SystemCallError) -> DetachedMount {
        let tree = try DetachedMount(copyOf: source, recursive: mount.options.recursiveBind)
        switch mount.owners {
        case .unchanged: break
        case .mapped(let recursive):
            guard let owners else { break }
            if recursive { try tree.mapOwners(tree: owners) } else { try tree.mapOwners(owners) }
        case .by(let users, let groups, let recursive):
            let namespace = try UserNamespace(users, groups)
            try tree.mapOwners(namespace.descriptor.number, recursive: recursive)
        }
        return tree
    }

    private static func explanation(_ error: SystemCallError) -> String {
        guard error.operation == "map owners", error.errno == .invalid else { return "\(error.errno)" }
        return "its file system cannot map owners; run the container without a user namespace (--userns host)"
    }
}

/// A user namespace that nobody lives in, for its maps alone.
private struct UserNamespace: ~Copyable {
    let descriptor: FileDescriptor

    init(
        _ users: [OCI.RuntimeSpec.IDMapping], _ groups: [OCI.RuntimeSpec.IDMapping]
    ) throws(SystemCallError) {
        let parent = getpid()
        switch try Cloned.clone(.user) {
        case .child:
            // Whoever made it may be killed.
            clinux_prctl(PR_SET_PDEATHSIG, UInt(SIGKILL), 0)
            if getppid() == parent { pause() }
            _exit(0)
        case .parent(let pid, let process):
            defer {
                try? process.send(signal: SIGKILL)
                _ = try? process.wait()
            }
            try Files.write(IdentifierMaps.text(users).utf8, to: "/proc/\(pid)/uid_map")
            try Files.write(IdentifierMaps.text(groups).utf8, to: "/proc/\(pid)/gid_map")
            descriptor = try FileDescriptor.open("/proc/\(pid)/ns/user")
        }
    }
}
