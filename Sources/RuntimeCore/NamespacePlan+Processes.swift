import Glibc
import Linux
import OCI

extension NamespacePlan {
    /// Where the calling process's children begin; goes back there.
    struct Home: ~Copyable {
        let descriptor: FileDescriptor

        func goBack() throws(SystemCallError) { try Namespaces.pid.join(descriptor) }
    }

    /// Lets the next child begin in the existing pid namespace that the spec names: a process itself never changes
    /// its own. `nil` where none is named.
    func enterJoinedProcesses() throws(LaunchError) -> Home? {
        guard let join = joined.first(where: { $0.kind == .pid }) else { return nil }
        return try during(.joinNamespace, on: join.path) { () throws(SystemCallError) in
            let home = Home(descriptor: try FileDescriptor.open("/proc/self/ns/pid"))
            try Namespaces.pid.join(try FileDescriptor.open(join.path))
            return home
        }
    }
}
