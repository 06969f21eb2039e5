import Glibc
import Linux

extension Cgroup {
    /// The folder that tells which processes are in the group: the v2 tree's, else the first that is there.
    private var roster: Directory? { directories.first { $0.directory.exists }?.directory }

    /// The ids of all processes in the group and in those below it.
    package func processes() -> [Int32] {
        var all: [Int32] = []
        if let unified, unified.exists {
            unified.deepestFirst { all += $0.processes() }
            return all
        }
        // Groups below need not be in every tree, nor their processes in the same.
        var seen: Set<Int32> = []
        for (_, directory) in directories where directory.exists {
            directory.deepestFirst { all += $0.processes().filter { seen.insert($0).inserted } }
        }
        return all
    }

    /// Whether any process is in the group or below it.
    package var isPopulated: Bool {
        if let unified, let populated = unified.number("populated", in: "cgroup.events") { return populated != 0 }
        return !processes().isEmpty
    }

    /// Stops every process of the group where it is, and waits until all stand still, at most `timeout` seconds.
    package func freeze(timeout: Double = 2) throws(CgroupError) { try setFrozen(true, timeout: timeout) }

    /// Lets the group go on.
    package func thaw() throws(CgroupError) { try setFrozen(false, timeout: 2) }

    /// Whether the group is frozen, by itself or by one above it; `nil` where this host cannot freeze.
    package var isFrozen: Bool? { Freezer.isFrozen(self) }

    private func setFrozen(_ frozen: Bool, timeout: Double) throws(CgroupError) {
        let start = MonotonicTime.now
        try Freezer.set(frozen, self)
        while Freezer.isFrozen(self) != frozen {
            if MonotonicTime.now.seconds(since: start) > timeout {
                // A group that only half stands still is worse than one that goes on.
                if frozen { try? Freezer.set(false, self) }
                throw .system(
                    SystemCallError(
                        frozen ? "freeze" : "thaw", roster?.path ?? path, errno: Errno(rawValue: ETIMEDOUT)))
            }
            usleep(500)
        }
    }

    /// Kills every process of the group and below it with SIGKILL, those that fork meanwhile too. Does not wait for
    /// them to vanish: `remove` does.
    package func kill() throws(CgroupError) {
        guard let roster else { return }
        if roster.version == .v2 {
            // Since Linux 5.14 one write kills all at once, forks included.
            if (try? roster.write("1", to: "cgroup.kill")) != nil { return }
        }
        if unified == nil, directory(of: .freezer)?.exists != true, killUnfrozen() { return }
        // A frozen process cannot fork away. On v1 it dies only once it is thawed; on v2 at once.
        let frozen = (try? freeze()) != nil
        for _ in 0..<20 {
            let left = processes()
            if left.isEmpty { break }
            for pid in left { Glibc.kill(pid, SIGKILL) }
            if frozen { break }
            usleep(1_000)
        }
        if frozen { try thaw() }
    }

    /// Kills the processes of a group that is in no freezer's tree, again until there is no stranger left: who has been
    /// sent SIGKILL forks no more, and its children are in the next list. `false` where they fork faster than that.
    private func killUnfrozen() -> Bool {
        var killed: Set<Int32> = []
        for _ in 0..<100 {
            let strangers = processes().filter { killed.insert($0).inserted }
            if strangers.isEmpty { return true }
            for pid in strangers { Glibc.kill(pid, SIGKILL) }
        }
        return false
    }

    /// Removes the group and those below it, from every tree, the deepest first. Gone already is fine.
    ///
    /// A killed process stays in its group for some milliseconds: so this tries again for `timeout` seconds.
    ///
    /// - Parameter killing: what is still in it is killed first. Asked of the kernel by trying to remove it: a group is
    ///   usually empty by then, and to kill nobody on v1 takes a freeze and a thaw.
    package func remove(killing: Bool = false, timeout: Double = 5) throws(CgroupError) {
        let start = MonotonicTime.now
        var kills = killing
        for (_, directory) in directories {
            var pause: UInt32 = 200
            while let failure = removeTree(directory) {
                guard failure.errno == .busy else { throw .system(failure) }
                if kills {
                    kills = false
                    try kill()
                    continue
                }
                if MonotonicTime.now.seconds(since: start) > timeout {
                    var left: [Int32] = []
                    directory.deepestFirst { left += $0.processes() }
                    throw .occupied(path: directory.path, processes: left)
                }
                usleep(pause)
                pause = min(pause * 2, 20_000)
            }
        }
    }

    private func removeTree(_ directory: Directory) -> SystemCallError? {
        // The usual case, no groups below, in one call.
        if rmdir(directory.path) == 0 || Errno.current == .noSuchFile { return nil }
        var failure: SystemCallError?
        directory.deepestFirst { group in
            if rmdir(group.path) == -1 {
                let reason = Errno.current
                if reason != .noSuchFile { failure = SystemCallError("remove", group.path, errno: reason) }
            }
        }
        return failure
    }
}
