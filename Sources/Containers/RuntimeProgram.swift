import CLinux
import Glibc
import Linux

/// The `boxtop-runtime` beside this program: where it is, and how it is started.
struct RuntimeProgram {
    let path: String

    /// `BOXTOP_RUNTIME`, else beside this program, in `../libexec/boxtop`, or on the PATH.
    static func find(_ environment: [String: String]) throws(ContainerError) -> RuntimeProgram {
        if let given = environment["BOXTOP_RUNTIME"], !given.isEmpty {
            guard access(given, X_OK) == 0 else {
                throw ContainerError(
                    .notFound, "cannot run BOXTOP_RUNTIME, \(given): \(Errno.current)", exitCode: 125)
            }
            return RuntimeProgram(path: given)
        }
        let folder = Paths.parent(ownPath() ?? "/usr/bin/boxtop")
        let places =
            [folder, "\(folder)/../libexec/boxtop"]
            + (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":").map(String.init)
        for place in places where access("\(place)/boxtop-runtime", X_OK) == 0 {
            return RuntimeProgram(path: "\(place)/boxtop-runtime")
        }
        throw ContainerError(
            .notFound,
            "cannot find boxtop-runtime beside boxtop, in ../libexec/boxtop or on the PATH: "
                + "install it, or set BOXTOP_RUNTIME", exitCode: 125)
    }

    /// This program's own front end, which is a hook as well: this process, or what is installed beside the runtime.
    static func front(_ environment: [String: String]) throws(ContainerError) -> String {
        if let own = ownPath(), own.hasSuffix("/boxtop") { return own }
        let beside = "\(Paths.parent(try find(environment).path))/boxtop"
        if access(beside, X_OK) == 0 { return beside }
        throw ContainerError(.notFound, "cannot find boxtop beside boxtop-runtime: install both", exitCode: 125)
    }

    private static func ownPath() -> String? {
        var buffer = [CChar](repeating: 0, count: 4_096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        guard count > 0 else { return nil }
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// What becomes the standard input, output and error of a started program: a descriptor of this process, or
    /// `nil` for /dev/null.
    struct Stdio {
        var input: Int32?
        var output: Int32?
        var error: Int32?

        static let none = Stdio(input: nil, output: nil, error: nil)
        static let inherited = Stdio(input: 0, output: 1, error: 2)
    }

    /// Starts it with `arguments`; `passed` become descriptors 3, 4, … of it and nothing else is inherited.
    ///
    /// - Parameter ownSession: it is out of the reach of the keys of this terminal, and of its closing.
    /// - Returns: the process id, to be waited for.
    func spawn(
        _ arguments: [String], passing passed: [Int32] = [], stdio: Stdio, ownSession: Bool
    ) throws(ContainerError) -> pid_t {
        // A source that is also another's target would be overwritten before its turn: out of the way with them.
        var moved: [Int32] = []
        defer { for number in moved { close(number) } }
        for number in passed + [stdio.input, stdio.output, stdio.error].compactMap({ $0 }) {
            moved.append(
                try explaining("cannot start \(path)") { () throws(SystemCallError) in
                    try systemCall("duplicate a descriptor") { fcntl(number, F_DUPFD_CLOEXEC, Int32(3 + passed.count)) }
                })
        }
        var next = passed.count
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (target, source) in [stdio.input, stdio.output, stdio.error].enumerated() {
            if source == nil {
                posix_spawn_file_actions_addopen(
                    &actions, Int32(target), "/dev/null", target == 0 ? O_RDONLY : O_WRONLY, 0)
            } else {
                posix_spawn_file_actions_adddup2(&actions, moved[next], Int32(target))
                next += 1
            }
        }
        for index in passed.indices { posix_spawn_file_actions_adddup2(&actions, moved[index], Int32(3 + index)) }
        return try run(arguments, &actions, ownSession: ownSession)
    }

    private func run(
        _ arguments: [String], _ actions: inout posix_spawn_file_actions_t, ownSession: Bool
    ) throws(ContainerError) -> pid_t {
        // The caller may block or ignore signals (a dashboard does): none of that is for a program that outlives it.
        var attributes = SpawnAttributes(defaults: true, ownSession: ownSession)
        var strings: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for string in strings { free(string) } }
        var process: pid_t = 0
        let failure = posix_spawn(&process, path, &actions, &attributes.raw, &strings, environ)
        guard failure == 0 else {
            throw ContainerError(
                .failed, SystemCallError("start", path, errno: Errno(rawValue: failure)).description, exitCode: 125)
        }
        return process
    }

    /// Waits for `process`: its exit code as the shell gives it, 128 + n for signal n.
    static func wait(for process: pid_t) throws(ContainerError) -> Int32 {
        var status: Int32 = 0
        _ = try explaining { () throws(SystemCallError) in
            try systemCall("wait for process \(process)") { waitpid(process, &status, 0) }
        }
        return WaitStatus.exitCode(status)
    }
}
