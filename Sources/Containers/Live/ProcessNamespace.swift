import CLinux
import Glibc
import Linux

/// Who shares a namespace of process ids. See pid_namespaces(7).
enum ProcessNamespace {
    /// The processes in the namespace of process `pid`, as far as this user may see that of each; in this process's own
    /// namespace `pid` alone, since all of the host's are in it.
    static func pids(sharedWith pid: Int32) -> [Int32] {
        guard let namespace = identity("\(pid)"), namespace != identity("self") else { return [pid] }
        let names = (try? Files.names(in: "/proc")) ?? []
        return names.compactMap { name in
            Int32(name).flatMap { identity(name) == namespace ? $0 : nil }
        }
    }

    /// Tells one from all others; `nil` where the process is gone or another user's.
    private static func identity(_ process: String) -> UInt64? {
        var status = stat()
        return stat("/proc/\(process)/ns/pid", &status) == 0 ? UInt64(status.st_ino) : nil
    }
}
