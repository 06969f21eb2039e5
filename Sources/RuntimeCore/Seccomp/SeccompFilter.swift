import CLinux
import CSeccomp
import Glibc
import Linux
import OCI

/// Which system calls a container may make, compiled to a program for the kernel. See seccomp(2).
struct SeccompFilter: Hashable, Sendable {
    /// `struct sock_filter`, 8 bytes each.
    let instructions: [UInt8]
    let flags: UInt32

    /// Whether somebody else answers for some calls.
    var hasListener: Bool { flags & Self.newListener != 0 }

    /// Lets the calling process, and all that comes of it, make only the calls that the filter allows. Needs
    /// no_new_privs or CAP_SYS_ADMIN.
    func load() throws(LaunchError) {
        try during(.seccomp) { () throws(SystemCallError) in
            try systemCall("load the filter") {
                clinux_seccomp_load(flags, instructions, UInt16(instructions.count / 8))
            }
        }
    }
}
