import Glibc
import Linux

/// A folder of a test's own, gone with all in it at the end of the scope.
struct TemporaryFolder: ~Copyable {
    let path: String

    init() throws {
        var template = Array("/tmp/boxtop-images-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemCallError("make a folder in", "/tmp", errno: .current) }
        path = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    }

    deinit { try? Files.removeTree(path) }
}

/// Runs `command` and gives its output and status, 127 where there is no such program.
func run(_ command: [String]) throws -> (output: String, status: Int32) {
    let pipe = try Pipe()
    let pid = try spawn(command, output: pipe.writer.number)
    var bytes: [UInt8] = []
    do {
        // The writing end must go here, or the reading end never ends.
        let reader = try closeWriter(pipe)
        bytes = try reader.readAll()
    }
    var status: Int32 = 0
    waitpid(pid, &status, 0)
    return (String(decoding: bytes, as: UTF8.self), status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + (status & 0x7F))
}

private func closeWriter(_ pipe: consuming Pipe) throws -> FileDescriptor { try pipe.reader.duplicate() }

private func spawn(_ command: [String], output: Int32) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, output, 2)
    var arguments = command.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    // Not the tests' own: a locale that the packed image lacks makes its shell complain.
    var environment: [UnsafeMutablePointer<CChar>?] = []
    for name in ["PATH", "HOME", "TMPDIR"] {
        if let value = getenv(name) { environment.append(strdup("\(name)=\(String(cString: value))")) }
    }
    environment.append(nil)
    defer { for variable in environment { free(variable) } }
    var pid: pid_t = 0
    let result = posix_spawnp(&pid, command[0], &actions, nil, &arguments, environment)
    guard result == 0 else { throw SystemCallError("run", command[0], errno: Errno(rawValue: result)) }
    return pid
}

/// Whether a program of that name is on PATH.
func isInstalled(_ program: String) -> Bool { (try? run(["sh", "-c", "command -v \(program)"]))?.status == 0 }

let isRoot = geteuid() == 0
