import CLinux
import Glibc
import Linux

/// Starts this same program again, with other arguments.
enum Spawn {
    /// - Parameters:
    ///   - ownSession: it leads a session of its own, so that no key and no end of this terminal reaches it.
    ///   - files: says what its descriptors are; those of this process are close-on-exec.
    static func start(
        _ arguments: [String], ownSession: Bool, files: (inout posix_spawn_file_actions_t) -> Void
    ) throws(SystemCallError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        files(&actions)
        // What the screen blocks for its signalfd is not for children to inherit.
        var attributes = SpawnAttributes(ownSession: ownSession)
        var words: [UnsafeMutablePointer<CChar>?] = (["boxtop"] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var pid: pid_t = 0
        // Not the path it was started with, which an upgrade may have replaced since.
        let reason = posix_spawn(&pid, "/proc/self/exe", &actions, &attributes.raw, &words, environ)
        guard reason == 0 else {
            throw SystemCallError("start", "boxtop \(arguments.joined(separator: " "))", errno: Errno(rawValue: reason))
        }
        return pid
    }
}
