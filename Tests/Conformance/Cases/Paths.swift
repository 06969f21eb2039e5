import Glibc
import Linux

/// Kernel parameters, propagation, masked and read-only paths, personality of config-linux.md.
extension Case {
    static let paths: [Case] =
        [
            Case("config-linux.md", "sysctl allows kernel parameters to be modified at runtime for the container.") {
                t in
                t.config["linux.sysctl"] = ["net.ipv4.ip_forward": "1"]
                try t.prints("1", "cat /proc/sys/net/ipv4/ip_forward")
            },
            Case("config-linux.md", "A kernel parameter that is the host's is no parameter of the container.") { t in
                t.config["linux.sysctl"] = ["kernel.core_pattern": "core"]
                try t.refused()
            },
            Case(
                "config-linux.md",
                "maskedPaths will mask over the provided paths inside the container so that they cannot be read."
            ) { t in
                try t.file("rootfs/work/secret/file", "seen")
                try t.file("rootfs/work/file", "seen")
                t.config["linux.maskedPaths"] = ["/work/secret", "/work/file", "/work/not-there"]
                try t.prints("", "cat /work/file; ls /work/secret")
            },
            Case("config-linux.md", "maskedPaths: The values MUST be absolute paths in the container namespace.") { t in
                t.config["linux.maskedPaths"] = ["work"]
                try t.refused()
            },
            Case("config-linux.md", "readonlyPaths will set the provided paths as readonly inside the container.") {
                t in
                try t.file("rootfs/work/file", "seen")
                t.config["linux.readonlyPaths"] = ["/work"]
                try t.prints("seenkept out", "cat /work/file; touch /work/file 2>/dev/null || echo kept out")
            },
            Case("config-linux.md", "readonlyPaths: The values MUST be absolute paths in the container namespace.") {
                t in
                t.config["linux.readonlyPaths"] = ["work"]
                try t.refused()
            },
            Case("config-linux.md", "mountLabel will set the Selinux context for the mounts in the container.") { t in
                if !Files.exists("/sys/fs/selinux/enforce") {
                    throw Trial.Skipped(description: "the host has no SELinux")
                }
                t.config["linux.mountLabel"] = "system_u:object_r:svirt_sandbox_file_t:s0:c715,c811"
                try t.prints("ran", "echo ran")
            },
            Case("config-linux.md", "apparmorProfile: a profile that the host does not have is an error.") { t in
                t.config["process.apparmorProfile"] = "no-such-profile"
                try t.refused()
            },
            Case("config-linux.md", "personality: LINUX32 will set the uname system call to show a 32 bit CPU type.") {
                t in
                t.config["linux.personality"] = ["domain": "LINUX32"]
                try t.prints("i686", "uname -m")
            },
            Case("config-linux.md", "personality: domain, the valid list of constants is LINUX and LINUX32.") { t in
                t.config["linux.personality"] = ["domain": "BSD"]
                try t.refused()
            },
        ]
        + [("shared", "shared"), ("slave", "master"), ("private", ""), ("unbindable", "unbindable")].map {
            value, shown in
            Case("config-linux.md", "rootfsPropagation \(value): sets the rootfs's mount propagation.") { t in
                t.config["linux.rootfsPropagation"] = .text(value)
                let outcome = try t.run("grep ' / / ' /proc/self/mountinfo || awk '$5 == \"/\"' /proc/self/mountinfo")
                let fields = (outcome.lines.first ?? "").split(separator: " ").dropFirst(6).prefix { $0 != "-" }
                let tags = fields.map { $0.prefix { $0 != ":" } }
                try t.expect(outcome.status == 0, outcome.errors)
                // A slave of a mount that is itself private is private.
                try t.expect(
                    shown.isEmpty || value == "slave" ? !tags.contains("shared") : tags.contains { $0 == shown },
                    "\(tags)")
            }
        }
}
