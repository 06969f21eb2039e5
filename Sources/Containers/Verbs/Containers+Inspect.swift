import Images
import Linux
import Networking
import OCI
import Records

extension Containers {
    /// Everything about one, as `inspect` prints it: what was asked for, how it is, and how it is kept apart.
    package func inspect(_ reference: String) throws(ContainerError) -> ContainerInspection {
        let record = try find(reference)
        let spec = try specification(record.id)
        let process = spec.process
        let linux = spec.linux
        var namespaces = (linux?.namespaces ?? []).map(\.type.rawValue)
        namespaces.sort()
        let user = process?.user ?? .init()
        let isDefault =
            linux?.seccomp?.syscalls.first { $0.action == "SCMP_ACT_ALLOW" }?.names == SeccompNames.always
        return ContainerInspection(
            record: record, state: state(of: record),
            healthLog: record.health.flatMap { _ in files.healthLog(of: record.id) },
            process: .init(
                arguments: process?.args ?? [], environment: process?.env ?? [], workdir: process?.cwd ?? "/",
                user: ([user.uid, user.gid] + user.additionalGids).map(String.init).joined(separator: ":"),
                hostname: spec.hostname, limits: process?.rlimits ?? []),
            configured: configured(record),
            isolation: .init(
                namespaces: namespaces, capabilities: process?.capabilities?.bounding ?? [],
                noNewPrivileges: process?.noNewPrivileges ?? false,
                seccomp: linux?.seccomp == nil ? "unconfined" : isDefault ? "default" : "custom",
                readOnlyRoot: spec.root?.readonly ?? false, maskedPaths: linux?.maskedPaths ?? [],
                readOnlyPaths: linux?.readonlyPaths ?? [],
                devices: (linux?.resources?.devices ?? []).compactMap(Self.device),
                optOuts: record.optOuts ?? (record.privileged ? ["privileged"] : [])),
            mounts: spec.mounts.map {
                .init(source: $0.source, destination: $0.destination, kind: $0.type ?? "bind", options: $0.options)
            }, network: files.network(of: record.id), folder: layout.container(record.id),
            log: layout.log(record.id), cgroup: layout.cgroup(record.id))
    }

    /// What was asked for over what the image says, which has no say in a plain folder.
    private func configured(_ record: ContainerRecord) -> ImageConfiguration.Process? {
        var process = ImageConfiguration.Process()
        if let digest = record.imageDigest {
            do throws(ImageError) { process = try images.resolve(digest).configuration.config ?? process } catch {
                return nil
            }
        }
        if let asked = record.asked { process.take(asked) }
        return process
    }

    /// What `rule` lets a container use: `c 1:3 rwm`, `all rwm`. `nil` for a rule that forbids, or lets files be made
    /// that cannot be used.
    private static func device(_ rule: RuntimeSpec.DeviceRule) -> String? {
        guard rule.allow, rule.access != "m" else { return nil }
        let access = rule.access ?? "rwm"
        guard let type = rule.type, type != "a" else { return "all \(access)" }
        return "\(type) \(rule.major.map(String.init) ?? "*"):\(rule.minor.map(String.init) ?? "*") \(access)"
    }
}
