import CLinux
import Glibc

/// The processes in one namespace. See namespaces(7).
package struct NamespaceMembers: Hashable, Sendable {
    package enum Kind: String, Sendable {
        case processes = "pid"
        case mounts = "mnt"
    }

    private let kind: Kind
    private let number: UInt64

    /// Those in the namespace that process `pid` is in; `nil` where it has ended or is another user's, and where the
    /// namespace is this process's own.
    package init?(_ kind: Kind, of pid: Int32) {
        guard let number = Self.number(kind, "\(pid)"), number != Self.number(kind, "self") else { return nil }
        (self.kind, self.number) = (kind, number)
    }

    /// As far as this user may see that of each.
    package var pids: [Int32] {
        let names = (try? Files.names(in: "/proc")) ?? []
        return names.compactMap { name in
            Int32(name).flatMap { Self.number(kind, name) == number ? $0 : nil }
        }
    }

    /// Sends SIGKILL to all of them, and to those that they make meanwhile.
    package func kill() {
        for _ in 0..<16 {
            let pids = pids
            if pids.isEmpty { return }
            for pid in pids {
                // The descriptor first: what has the id after that is not meant.
                guard let process = try? FileDescriptor.process(pid), Self.number(kind, "\(pid)") == number else {
                    continue
                }
                try? process.send(signal: SIGKILL)
            }
        }
    }

    private static func number(_ kind: Kind, _ process: String) -> UInt64? {
        var status = stat()
        return stat("/proc/\(process)/ns/\(kind.rawValue)", &status) == 0 ? UInt64(status.st_ino) : nil
    }
}
