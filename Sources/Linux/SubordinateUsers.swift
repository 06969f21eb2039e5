import CLinux
import Glibc

/// An ordinary user as the root of their own containers' files: in a user namespace that has the ids of
/// `SubordinateIDs`, as the containers' have. There files are given to those ids, and what belongs to them is read,
/// changed and removed.
package enum SubordinateUsers {
    /// Calls `body` there; ids that it sees and sets are those inside. Root needs no such thing, and where no namespace
    /// can be had `body` is called as whoever this is.
    ///
    /// It is another process with the same memory and descriptors, that the calling thread waits for: /proc/self is
    /// its, and it may not look into processes of other user namespaces.
    package static func asRoot<R: ~Copyable, Failure: Error>(
        _ body: () throws(Failure) -> R
    ) throws(Failure) -> R {
        if geteuid() == 0 || namespace < 0 { return try body() }
        var result: Result<R, Failure>?
        let isDone = withoutActuallyEscaping(body) { body in
            var work: () -> Void = {
                do throws(Failure) { result = .success(try body()) } catch { result = .failure(error) }
            }
            return withUnsafeMutablePointer(to: &work) { work in
                clinux_in_user_namespace(namespace, { $0?.assumingMemoryBound(to: (() -> Void).self).pointee() }, work)
            } == 0
        }
        switch result.take() {
        case .success(let value)? where isDone: return value
        case .failure(let error)? where isDone: throw error
        default: return try body()
        }
    }

    /// Whether `asRoot` gives the rights to it.
    package static var areThere: Bool { geteuid() == 0 || namespace >= 0 }

    /// Whether the caller has root's rights over the host, and not over containers' files alone.
    package static var isHostRoot: Bool { geteuid() == 0 && !clinux_is_in_user_namespace() }

    /// A descriptor of the user namespace, which is there as long as this process; -1 where there can be none.
    private static let namespace: Int32 = {
        let ids = SubordinateIDs.own()
        if ids.users.count > 1 || ids.groups.count > 1, let made = make({ map($0, ids) }) { return made }
        // With nobody but the user themselves in it, files can still be joined there.
        return make { process in
            do throws(SystemCallError) {
                try Namespaces.mapOwn(users: "0 \(geteuid()) 1", groups: "0 \(getegid()) 1", of: "\(process)")
                return true
            } catch { return false }
        } ?? -1
    }()

    /// - Parameter map: says who is who in the user namespace of a process; whether that was possible.
    private static func make(_ map: (Int32) -> Bool) -> Int32? {
        var descriptor: Int32 = -1
        let pid = clinux_hold_namespaces(Namespaces.user.rawValue, &descriptor)
        guard pid > 0 else { return nil }
        let holder = FileDescriptor(owning: descriptor)
        defer {
            try? holder.send(signal: SIGKILL)
            _ = try? holder.wait()
        }
        guard map(pid), let file = try? FileDescriptor.open("/proc/\(pid)/ns/user") else { return nil }
        return file.release()
    }

    /// By the programs that may map ranges; what they complain of is said where a container is started with them.
    private static func map(_ process: Int32, _ ids: SubordinateIDs) -> Bool {
        [("newuidmap", ids.users), ("newgidmap", ids.groups)].allSatisfy { program, maps in
            let numbers = maps.flatMap { ["\($0.inside)", "\($0.outside)", "\($0.count)"] }
            return run(program, ["\(process)"] + numbers)
        }
    }

    private static func run(_ program: String, _ arguments: [String]) -> Bool {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, mode) in [(0, O_RDONLY), (1, O_WRONLY), (2, O_WRONLY)] {
            posix_spawn_file_actions_addopen(&actions, Int32(number), "/dev/null", mode, 0)
        }
        var words = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var attributes = SpawnAttributes()
        var (pid, status): (pid_t, Int32) = (0, 0)
        guard let path = SubordinateIDs.program(program),
            posix_spawn(&pid, path, &actions, &attributes.raw, &words, environ) == 0
        else { return false }
        while waitpid(pid, &status, 0) < 0 && Errno.current == .interrupted {}
        return status == 0
    }
}
