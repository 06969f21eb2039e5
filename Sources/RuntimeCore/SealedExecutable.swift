import CLinux
import Glibc
import Linux

/// This program's own file, out of a container's reach. See CVE-2019-5736.
///
/// A container whose root is the host's could open /proc/PID/exe of a process that is on its way into it, and
/// overwrite this program on the host's disk. So before it touches such a container the program goes on from a mount
/// of its own file that is read-only and hangs nowhere.
package enum SealedExecutable {
    /// Executes this program again from its sealed file, with the same arguments, environment and open descriptors;
    /// returns at once where it runs from a read-only file system already, or where the caller is not root and owns
    /// nothing of the host that a container could want.
    package static func enter() throws(LaunchError) {
        var status = statvfs()
        if statvfs("/proc/self/exe", &status) == 0, status.f_flag & UInt(ST_RDONLY) != 0 { return }
        if geteuid() != 0 { return }
        let reason = try during(.process) { () throws(SystemCallError) in
            let tree = try DetachedMount(copyOf: "/proc/self/exe")
            try tree.change(set: UInt64(CLINUX_MOUNT_ATTR_RDONLY))
            let number = tree.descriptor.number
            return CStrings.with(CommandLine.arguments) { arguments in
                _ = clinux_execveat(number, "", arguments, environ, Int32(CLINUX_AT_EMPTY_PATH))
                return Errno.current
            }
        }
        throw LaunchError(.process, "the program cannot be sealed: \(reason)")
    }
}
