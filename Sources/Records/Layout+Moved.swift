import OCI

/// State folders that were moved or copied: documents name what is below the folder that they were written in, and what
/// is meant is below the one that they are read in. So nothing of a copy is written into what it is a copy of.
extension Layout {
    /// `root`, as container `id` has it here.
    func present(_ root: Rootfs, of id: String) -> Rootfs {
        guard case .layers(let lower, let upper, _) = root else { return root }
        let folder = container(id)
        guard upper != "\(folder)/upper", let old = Self.state(in: upper, endingWith: "/containers/\(id)/upper") else {
            return root
        }
        return .layers(
            lower.map { moved($0, from: old) }, upper: "\(folder)/upper", work: "\(folder)/work")
    }

    /// Lets `spec`, of container `id`'s bundle, name what it means here: its root, what is mounted, boxtop's own hooks.
    package func settle(_ spec: inout OCI.RuntimeSpec, of id: String) {
        if let hooks = spec.hooks {
            spec.hooks?.createRuntime = hooks.createRuntime.map(settled)
            spec.hooks?.poststop = hooks.poststop.map(settled)
        }
        guard let old = Self.state(in: spec, of: id), old != state else { return }
        if let root = spec.root?.path { spec.root?.path = moved(root, from: old) }
        for index in spec.mounts.indices {
            if let source = spec.mounts[index].source { spec.mounts[index].source = moved(source, from: old) }
        }
    }

    /// `hook`, where it is boxtop's own, told of these places.
    package func settled(_ hook: OCI.RuntimeSpec.Hook) -> OCI.RuntimeSpec.Hook {
        guard hook.args.count == 6, hook.args[0] == "boxtop", hook.args[1] == "network-hook" else { return hook }
        var hook = hook
        hook.args.replaceSubrange(3..., with: [state, run, cgroupParent])
        return hook
    }

    /// The state folder that `spec` was written in: by its root file system, or one of its own files that are mounted.
    private static func state(in spec: OCI.RuntimeSpec, of id: String) -> String? {
        let folder = "/containers/\(id)"
        if let path = spec.root?.path, let found = state(in: path, endingWith: "\(folder)/rootfs") { return found }
        for mount in spec.mounts where mount.destination.hasPrefix("/etc/") {
            let end = "\(folder)/\(mount.destination.dropFirst(5))"
            if let path = mount.source, let found = state(in: path, endingWith: end) { return found }
        }
        return nil
    }

    private static func state(in path: String, endingWith end: String) -> String? {
        path.hasSuffix(end) ? String(decoding: path.utf8.dropLast(end.utf8.count), as: UTF8.self) : nil
    }

    private func moved(_ path: String, from old: String) -> String {
        guard path.utf8.starts(with: "\(old)/".utf8) else { return path }
        return state + String(decoding: path.utf8.dropFirst(old.utf8.count), as: UTF8.self)
    }
}
