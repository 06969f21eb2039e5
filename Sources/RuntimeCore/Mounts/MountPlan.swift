import Linux
import OCI

/// One mount of config.json, checked.
struct MountPlan: Hashable, Sendable {
    let kind: Kind
    /// From the container's root, without a slash in front: `dev/pts`. Its `..` are resolved as written.
    let target: String
    let options: MountOptions
    let owners: Owners

    enum Kind: Hashable, Sendable {
        /// A file or folder of the host.
        case bind(source: String)
        /// A new file system.
        case new(type: String, source: String)
        /// The container's own control group, in every hierarchy.
        case cgroup
        /// What is mounted there already, with other options.
        case changed
    }

    /// Whose ids a bind mount shows.
    enum Owners: Hashable, Sendable {
        case unchanged
        case mapped(recursive: Bool)
        /// By maps of its own.
        case by([OCI.RuntimeSpec.IDMapping], [OCI.RuntimeSpec.IDMapping], recursive: Bool)
    }

    /// - Parameters:
    ///   - name: the mount's path in config.json.
    ///   - mapsOwners: bind mounts are mapped by the container's user namespace even where no option says so.
    init(
        _ mount: OCI.RuntimeSpec.Mount, _ name: String, bundle: String, mapsOwners: Bool
    ) throws(LaunchError) {
        target = Self.normal(mount.destination)
        if target.isEmpty { throw wrong("\(name).destination", "it is the root itself") }
        options = MountOptions(mount.options)
        if options.remount {
            kind = .changed
        } else if options.bind || mount.type == "bind" || mount.type == "rbind" {
            guard let source = mount.source, !source.isEmpty else {
                throw wrong("\(name).source", "a bind mount needs one")
            }
            kind = .bind(source: source.begins(with: "/") ? source : "\(bundle)/\(source)")
        } else if mount.type == "cgroup" || mount.type == "cgroup2" {
            kind = .cgroup
        } else {
            guard let type = mount.type, !type.isEmpty, type != "none" else {
                throw wrong("\(name).type", "it is missing")
            }
            kind = .new(type: type, source: mount.source ?? type)
        }
        if !mount.uidMappings.isEmpty || !mount.gidMappings.isEmpty {
            owners = .by(mount.uidMappings, mount.gidMappings, recursive: options.recursiveIdmap)
        } else if options.idmap {
            owners = .mapped(recursive: options.recursiveIdmap)
        } else if mapsOwners, !options.noIdmap, case .bind = kind {
            owners = .mapped(recursive: options.recursiveBind)
        } else {
            owners = .unchanged
        }
    }

    /// `path` with `.`, `..` and doubled slashes taken out, relative to the root.
    static func normal(_ path: String) -> String {
        var parts: [String] = []
        for part in path.words("/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        // By hand, as `joined` would search the program for how to do it: 0.03 ms of a start.
        var path = ""
        for part in parts {
            if !path.isEmpty { path += "/" }
            path.append(contentsOf: part)
        }
        return path
    }
}
