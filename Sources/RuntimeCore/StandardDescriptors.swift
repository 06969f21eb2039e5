import CLinux
import Glibc
import Linux
import OCI

/// What becomes of standard input, output and error; `nil` keeps the caller's.
struct StandardDescriptors {
    var input: Int32?
    var output: Int32?
    var error: Int32?

    /// Puts them in place, in the child.
    ///
    /// - Parameter owner: who the program runs as: it must be able to open its pipes again by /proc/self/fd.
    func connect(owner: uid_t) throws(LaunchError) {
        try during(.standard) { () throws(SystemCallError) in
            // First away from 0…2, where one could overwrite another that is still to be copied.
            var moved: [(from: Int32, to: Int32)] = []
            for (given, place) in [(input, 0), (output, 1), (error, 2)] as [(Int32?, Int32)] {
                guard let given, given != place else { continue }
                moved.append((try systemCall("keep a descriptor") { fcntl(given, F_DUPFD_CLOEXEC, 3) }, place))
            }
            for (from, place) in moved { try systemCall("connect a descriptor") { dup2(from, place) } }
            for place: Int32 in 0...2 { try settle(place, owner) }
        }
    }

    private func settle(_ place: Int32, _ owner: uid_t) throws(SystemCallError) {
        var status = stat()
        guard fstat(place, &status) == 0 else { return }
        switch status.st_mode & S_IFMT {
        case S_IFIFO:
            // Pipes alone: the person's terminal and files, and the host's /dev/null, stay whose they are.
            if status.st_uid != owner { fchown(place, owner, gid_t.max) }
        case S_IFCHR where status.st_rdev == gnu_dev_makedev(1, 3):
            // The host's /dev/null becomes the container's, so that no file of the host is left open.
            let null = clinux_openat(AT_FDCWD, "/dev/null", O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0)
            if null >= 0 {
                dup2(null, place)
                close(null)
            }
        default: break
        }
    }
}
