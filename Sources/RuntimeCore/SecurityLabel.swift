import Glibc
import Linux
import OCI

/// AppArmor profiles and SELinux labels.
enum SecurityLabel {
    /// The label that exec gives the program. A host without the security module refuses a label: the container was to
    /// be confined, and would not be.
    ///
    /// - Parameter proc: the host's /proc.
    static func set(_ process: OCI.RuntimeSpec.Process, _ proc: borrowing FileDescriptor) throws(LaunchError) {
        if let profile = process.apparmorProfile, !profile.isEmpty, profile != "unconfined" {
            try write("attr/apparmor/exec", "exec \(profile)", profile, proc)
        }
        if let label = process.selinuxLabel, !label.isEmpty { try write("attr/exec", label, label, proc) }
    }

    static var hasSELinux: Bool { Files.exists("/sys/fs/selinux/enforce") }

    /// File systems that take SELinux's label of all their files when they are mounted.
    static let labelledFileSystems: Set<String> = ["tmpfs", "mqueue", "devpts", "ramfs"]

    private static func write(
        _ file: String, _ text: String, _ label: String, _ proc: borrowing FileDescriptor
    ) throws(LaunchError) {
        var buffer = [CChar](repeating: 0, count: 32)
        let length = readlinkat(proc.number, "self", &buffer, buffer.count - 1)
        if length < 0 { throw LaunchError(.label, on: label, "\(Errno.current)") }
        let own = String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        try during(.label, on: label) { () throws(SystemCallError) in
            try proc.open(plainly: "\(own)/\(file)", flags: O_WRONLY).write(text.utf8)
        }
    }
}
