import Cgroups
import OCI
import Records

/// Everything about one container, as `inspect` prints it. A contract: fields are added, never renamed.
package struct ContainerInspection: Codable, Sendable, Hashable {
    package var record: ContainerRecord
    package var state: ContainerState
    /// Its last health checks, where it has any.
    package var healthLog: HealthLog?
    /// How the program is launched.
    package var process: Process
    /// What the person asked for over what the image says; absent where the image is not here any more.
    package var configured: ImageConfiguration.Process?
    /// What keeps it apart, as it is launched.
    package var isolation: Isolation
    package var mounts: [Mount]
    /// Interfaces and addresses, while it runs in networks.
    package var network: NetworkState?
    /// Folder of the container and its log.
    package var folder: String
    package var log: String
    package var cgroup: String

    package struct Process: Codable, Sendable, Hashable {
        package var arguments: [String]
        package var environment: [String]
        package var workdir: String
        package var user: String
        package var hostname: String?
        /// What each of its processes may use.
        package var limits: [RuntimeSpec.ResourceLimit]
    }

    package struct Isolation: Codable, Sendable, Hashable {
        /// Namespaces of its own, in the kernel's words.
        package var namespaces: [String]
        package var capabilities: [String]
        package var noNewPrivileges: Bool
        /// `default`, `unconfined` or `custom`.
        package var seccomp: String
        package var readOnlyRoot: Bool
        package var maskedPaths: [String]
        package var readOnlyPaths: [String]
        /// The devices that may be used, by kind, number and access: `c 1:3 rwm`, `c 136:* rwm`, `all rwm`.
        package var devices: [String]
        /// What of the usual isolation it goes without.
        package var optOuts: [String]
    }

    /// Folders of the host that are mounted into it, those of volumes among them: what was asked for, without what every
    /// container has, its own files in /etc, which lie beside its folder, and devices, which alone are bound `nosuid`.
    package var folders: [Mount] {
        let containers = folder.prefix(upTo: folder.lastIndex(of: "/") ?? folder.endIndex) + "/"
        return mounts.filter { mount in
            mount.kind == "bind" && !mount.options.contains("nosuid")
                && !(mount.source ?? "").hasPrefix(containers)
        }
    }

    package struct Mount: Codable, Sendable, Hashable {
        package var source: String?
        package var destination: String
        package var kind: String
        package var options: [String]
    }
}
