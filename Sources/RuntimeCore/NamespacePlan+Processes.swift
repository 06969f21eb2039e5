import CLinux
import Glibc
import Linux
import OCI

extension NamespacePlan {
    /// Where the calling process and its children begin; goes back there.
    struct Home: ~Copyable {
        let processes: FileDescriptor?
        let network: FileDescriptor?

        func goBack() throws(SystemCallError) {
            if let number = processes.number {
                try systemCall("go back") { clinux_setns(number, Int32(CLINUX_NEWPID)) }
            }
            if let number = network.number {
                try systemCall("go back") { clinux_setns(number, Int32(CLINUX_NEWNET)) }
            }
        }
    }

    /// Whether a namespace that is joined is entered before the child is made: one of processes, since a process itself
    /// never changes its own; with another user namespace also the network, since from inside that the child has no right
    /// to one of a third. Without root the child alone may join what belongs to the user namespace that it joins.
    func entersEarly(_ kind: Namespaces) -> Bool {
        switch kind {
        case .pid: !startsOver
        case .network: users || (isJoined(.user) && isRoot)
        default: false
        }
    }

    /// Lets the next child begin in the existing namespaces that the spec names and that it could not join itself.
    func enterEarly() throws(LaunchError) -> Home {
        let processes = try enter(.pid, "/proc/self/ns/pid")
        let network = try enter(.network, "/proc/self/ns/net")
        return Home(processes: processes, network: network)
    }

    private func enter(_ kind: Namespaces, _ own: String) throws(LaunchError) -> FileDescriptor? {
        guard entersEarly(kind), let join = joined.first(where: { $0.kind == kind }) else { return nil }
        return try during(.joinNamespace, on: join.path) { () throws(SystemCallError) in
            let home = try FileDescriptor.open(own)
            try kind.join(try FileDescriptor.open(join.path))
            return home
        }
    }
}
