import CLinux
import Glibc
import Linux
import OCI

/// The program to execute, found as execvp(3) finds it, but by the PATH of its own environment.
struct Program {
    let path: String
    let arguments: [String]
    let environment: [String]

    /// Looks `process.args[0]` up in the calling process's root and working directory.
    ///
    /// - Parameter home: what `process.home()` gave.
    init(_ process: OCI.RuntimeSpec.Process, home: String?) throws(LaunchError) {
        arguments = process.args
        environment = Self.distinct(process.env) + (home.map { [$0] } ?? [])
        let name = process.args.first ?? ""
        if name.utf8.contains(UInt8(ascii: "/")) {
            // Told now, and not at the start: engines take it from the creation.
            var status = stat()
            if stat(name, &status) != 0 {
                let reason = Errno.current
                throw LaunchError(.program, on: name, "\(reason)", exitCode: reason.isMissing ? 127 : 126)
            }
            if status.st_mode & S_IFMT != S_IFREG || access(name, X_OK) != 0 {
                throw LaunchError(.program, on: name, "permission denied", exitCode: 126)
            }
            path = name
            return
        }
        let given = process.env.last { $0.utf8.starts(with: "PATH=".utf8) }
        let search = given.map { String(decoding: $0.utf8.dropFirst(5), as: UTF8.self) } ?? "/usr/bin:/bin"
        var found: String?
        var denied = false
        for folder in search.words(":") where !name.isEmpty {
            let candidate = "\(folder)/\(name)"
            var status = stat()
            guard stat(candidate, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            if access(candidate, X_OK) == 0 {
                found = candidate
                break
            }
            denied = true
        }
        guard let found else {
            throw denied
                ? LaunchError(.program, on: name, "permission denied", exitCode: 126)
                : LaunchError(.program, on: name, "executable file not found in $PATH (\(search))", exitCode: 127)
        }
        path = found
    }

    /// Each name once, with the value that it was given last: programs take the first they find.
    static func distinct(_ variables: [String]) -> [String] {
        func name(_ variable: String) -> Substring { Substring(variable.utf8.prefix { $0 != UInt8(ascii: "=") }) }
        // As a rule there are none, and what a set takes for different is.
        if Set(variables.map(name)).count == variables.count { return variables }
        return variables.enumerated().filter { index, variable in
            !variables[(index + 1)...].contains { name($0).utf8.elementsEqual(name(variable).utf8) }
        }.map(\.element)
    }

    /// Becomes the program, with no signal blocked.
    func execute() throws(LaunchError) -> Never {
        var none = sigset_t()
        sigemptyset(&none)
        sigprocmask(SIG_SETMASK, &none, nil)
        let reason = CStrings.with(arguments) { arguments in
            CStrings.with(environment) { environment in
                _ = execve(path, arguments, environment)
                return Errno.current
            }
        }
        // ENOENT for a file that is there: the interpreter that it names is not.
        let missing = reason.isMissing
        if missing && Files.exists(path) {
            throw LaunchError(
                .program, on: path, "no such file or directory: the interpreter that it names", exitCode: 127)
        }
        throw LaunchError(.program, on: path, "\(reason)", exitCode: missing ? 127 : 126)
    }
}
