import Linux
import OCI
import RuntimeCore

/// `features`: what this runtime can do, as the specification's features.md has it.
enum Features {
    static func run(_ words: [String], _ states: StateDirectory) throws(Failure) -> Int32 {
        try Output.json(Document())
        return 0
    }

    private struct Document: Encodable {
        var ociVersionMin = "1.0.0"
        var ociVersionMax = Version.specification
        var hooks = ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"]
        var mountOptions = MountWords.all
        var linux = LinuxPart()
    }

    private struct LinuxPart: Encodable {
        var namespaces = OCI.RuntimeSpec.Namespace.Kind.allCases.map(\.rawValue).sorted()
        var capabilities = Capability.names.map { "CAP_\($0)" }
        var cgroup = ["v1": true, "v2": true, "systemd": false, "systemdUser": false, "rdma": false]
        var seccomp = ["enabled": true]
        var apparmor = ["enabled": true]
        var selinux = ["enabled": true]
        var intelRdt = ["enabled": false]
        var mountExtensions = ["idmap": ["enabled": true]]
    }
}
