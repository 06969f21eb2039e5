import Glibc
import Linux

extension Cgroup {
    /// Gives the group to `user`, who may then make groups in it, and move its own processes between them: on v2 alone,
    /// where that is safe. The limits stay the owner's of the group above. See cgroups(7), "Cgroup delegation".
    package func delegate(to user: uid_t) throws(CgroupError) {
        guard let unified else { return }
        let listed = Files.text("/sys/kernel/cgroup/delegate").map { $0.split(separator: "\n").map(String.init) }
        // The names of old, for a kernel that does not list them.
        let names = listed ?? ["cgroup.procs", "cgroup.subtree_control", "cgroup.threads"]
        for path in [unified.path] + names.map({ "\(unified.path)/\($0)" }) {
            do {
                try systemCall("give away", path) { chown(path, user, gid_t.max) }
            } catch {
                // Not every group has every file.
                if error.errno != .noSuchFile { throw .system(error) }
            }
        }
    }
}
