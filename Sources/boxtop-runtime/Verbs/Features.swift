import Linux
import OCI
import RuntimeCore

/// `features`: what this runtime can do, as the specification's features.md and features-linux.md have it.
enum Features {
    static func run(_ words: [String], _ context: Context) throws(Failure) -> Int32 {
        if let word = words.first { throw Failure("features takes no arguments, and \(word) is one") }
        try Output.json(Document())
        return 0
    }

    private struct Document: Encodable {
        var ociVersionMin = "1.0.0"
        var ociVersionMax = Version.specification
        var hooks = ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"]
        var mountOptions = MountWords.all
        var linux = LinuxPart()
        var annotations = ["io.github.seccomp.libseccomp.version": SeccompWords.version]
    }

    private struct LinuxPart: Encodable {
        var namespaces = OCI.RuntimeSpec.Namespace.Kind.allCases.map(\.rawValue).sorted()
        var capabilities = Capability.names.map { "CAP_\($0)" }
        var cgroup = ["v1": true, "v2": true, "systemd": true, "systemdUser": true, "rdma": true]
        var seccomp = Seccomp()
        var apparmor = ["enabled": true]
        var selinux = ["enabled": true]
        var intelRdt = ["enabled": false]
        var memoryPolicy = MemoryPolicy()
        var mountExtensions = ["idmap": ["enabled": true]]
        var netDevices = ["enabled": true]
    }

    private struct MemoryPolicy: Encodable {
        var modes = OCI.RuntimeSpec.MemoryPolicy.modes.keys.sorted()
        var flags = OCI.RuntimeSpec.MemoryPolicy.flagNumbers.keys.sorted()
    }

    private struct Seccomp: Encodable {
        var enabled = true
        var actions = SeccompWords.actions
        var operators = SeccompWords.operators
        var archs = SeccompWords.architectures
        var knownFlags = SeccompWords.flags
        var supportedFlags = SeccompWords.flags
    }
}
