import Glibc
import Linux

/// A runtime under trial.
struct Runtime {
    let name: String
    private let command: [String]

    /// - Parameter path: of the program.
    init(_ path: String) {
        name = path.split(separator: "/").last.map(String.init) ?? path
        let isHybrid = Files.exists("/sys/fs/cgroup/unified") && Files.exists("/sys/fs/cgroup/memory")
        // crun refuses a hybrid host: it is shown the trees of v1 alone, in a mount namespace of its own.
        command =
            name == "crun" && isHybrid
            ? ["/bin/sh", "-c", Self.legacyView, "sh", path] : [path]
    }

    private static let legacyView = """
        exec unshare --mount --propagation slave sh -c '
            mkdir -p /run/boxtop-conformance && mount -t tmpfs none /run/boxtop-conformance || exit 99
            for tree in /sys/fs/cgroup/*; do
                case $tree in */unified) continue;; esac
                here=/run/boxtop-conformance/${tree##*/}; mkdir $here; mount --bind $tree $here
            done
            mount --rbind /run/boxtop-conformance /sys/fs/cgroup && exec "$@"' sh "$@"
        """

    /// Runs the verb with its own root in `folder`, to its end. A container's output goes to `create-output` there.
    func call(_ words: [String], _ folder: String) throws -> Trial.Outcome {
        let kind = words.first == "create" ? "create-" : ""
        let (output, errors) = ("\(folder)/\(kind)output", "\(folder)/\(kind)errors")
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND | O_TRUNC, 0o666)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_APPEND | O_TRUNC, 0o666)
        var argv = (command + ["--root", "\(folder)/state"] + words).map { strdup($0) } + [nil]
        defer { for pointer in argv { free(pointer) } }
        var pid: pid_t = 0
        let reason = posix_spawn(&pid, command[0], &actions, nil, &argv, environ)
        guard reason == 0 else { throw SystemCallError("start", command[0], errno: Errno(rawValue: reason)) }
        var status: Int32 = 0
        var left = 2_000
        while waitpid(pid, &status, WNOHANG) == 0 {
            left -= 1
            if left == 0 {
                kill(pid, SIGKILL)
                waitpid(pid, &status, 0)
                throw Trial.Failure(description: "\(words[0]) does not end")
            }
            usleep(left > 1_900 ? 1_000 : 10_000)
        }
        let code = status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
        return Trial.Outcome(status: code, output: Files.text(output) ?? "", errors: Files.text(errors) ?? "")
    }
}
