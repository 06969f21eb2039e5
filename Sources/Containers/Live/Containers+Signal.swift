import Cgroups
import Linux
import Monitoring
import Records

extension Containers {
    /// Those of its control group; of a container that nobody could make one for, those of its process namespace, or of its
    /// mounts where it shares that.
    func processes(of id: String) -> [Int32] {
        let pids = (try? Cgroup(layout.cgroup(id), in: hierarchy))?.processes() ?? []
        guard pids.isEmpty, let running = files.state(of: id).status.running else { return pids }
        let isShared = (try? record(id))?.processesOf != nil
        let first = running.process.pid
        return NamespaceMembers(isShared ? .mounts : .processes, of: first)?.pids ?? [first]
    }

    /// Sends `signal` to exactly this process of container `id`. Errors call that `it`: people know it by its command.
    ///
    /// The descriptor comes first: what has the id after that is another process, and not what the descriptor stands for.
    func send(_ signal: Int32, to process: ProcessIdentity, of id: String) throws(ContainerError) {
        let gone = ContainerError(.conflict, "it has ended, so nothing was sent")
        guard let target = try? FileDescriptor.process(process.pid), process.isAlive else { throw gone }
        guard processes(of: id).contains(process.pid) else {
            throw ContainerError(.conflict, "it is no process of the container, so nothing was sent")
        }
        do throws(SystemCallError) { try target.send(signal: signal) } catch {
            if error.errno == .noSuchProcess { throw gone }
            throw ContainerError(.failed, error.description)
        }
    }
}
