import JSON
import Linux
import OCI

/// A profile of docker's form, `--security-opt seccomp=FILE`: that of the OCI specification, with rules that hold only
/// on some machines or with some capabilities.
struct SeccompProfile: Decodable {
    private var defaultAction: String
    private var defaultErrnoRet: UInt32?
    private var architectures: [String]?
    private var archMap: [Architecture]?
    private var syscalls: [Rule]?
    private var flags: [String]?

    private struct Architecture: Decodable {
        var architecture: String
        var subArchitectures: [String]?
    }

    private struct Rule: Decodable {
        var name: String?
        var names: [String]?
        var action: String
        var errnoRet: UInt32?
        var args: [RuntimeSpec.Seccomp.Argument]?
        var includes: Condition?
        var excludes: Condition?
    }

    private struct Condition: Decodable {
        var caps: [String]?
        var arches: [String]?
    }

    /// The profile that `options` name a file of, for `bundle`'s capabilities and machine.
    static func load(_ options: [SecurityOption], _ bundle: Bundle) throws(ContainerError) -> RuntimeSpec.Seccomp? {
        for case .seccompProfile(let path) in options.reversed() {
            let bytes = try explaining("cannot use the seccomp profile") { () throws(SystemCallError) in
                try Files.read(path, limit: 4 << 20)
            }
            let profile: SeccompProfile
            do { profile = try JSON.decode(SeccompProfile.self, from: bytes) } catch {
                throw ContainerError(.invalid, "\(path) is not a seccomp profile: \(error)")
            }
            let capabilities = try bundle.process().capabilities?.bounding ?? []
            return profile.resolved(capabilities: Set(capabilities), machine: bundle.facts.machine)
        }
        return nil
    }

    func resolved(capabilities: Set<String>, machine: String) -> RuntimeSpec.Seccomp {
        let names = ["x86_64": "amd64", "aarch64": "arm64"]
        let arch = names[machine] ?? machine
        let rules = (syscalls ?? []).filter { rule in
            let needed = rule.includes?.caps ?? []
            let arches = rule.includes?.arches ?? []
            return needed.allSatisfy(capabilities.contains) && (arches.isEmpty || arches.contains(arch))
                && !(rule.excludes?.caps ?? []).contains(where: capabilities.contains)
                && !(rule.excludes?.arches ?? []).contains(arch)
        }
        let own = DefaultSeccomp.profile(capabilities: [], machine: machine).architectures
        let mapped = archMap?.first { $0.architecture == own.first }
            .map { [$0.architecture] + ($0.subArchitectures ?? []) }
        return RuntimeSpec.Seccomp(
            defaultAction: defaultAction, defaultErrnoRet: defaultErrnoRet,
            architectures: architectures ?? mapped ?? own, flags: flags ?? [],
            syscalls: rules.map {
                .init(
                    names: ($0.names ?? []) + ($0.name.map { [$0] } ?? []), action: $0.action, errnoRet: $0.errnoRet,
                    args: $0.args ?? [])
            })
    }
}
