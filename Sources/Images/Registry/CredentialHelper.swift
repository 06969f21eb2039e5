import Glibc
import JSON
import Linux

/// A program `docker-credential-NAME` that keeps credentials: github.com/docker/docker-credential-helpers.
struct CredentialHelper {
    let name: String
    let environment: [String: String]

    private struct Answer: Decodable {
        var Username: String
        var Secret: String
    }

    /// What it knows of `registry`; `nil` where that is nothing.
    func credentials(of registry: String) throws(ImageError) -> Credentials? {
        let isName = !name.isEmpty && name.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "/") }
        guard isName else { throw .registry(registry, reason: "its credential helper has an impossible name") }
        // Docker asks for its hub by the old address.
        let server = registry == Reference.defaultRegistry ? "https://index.docker.io/v1/" : registry
        let (output, status) = try run("docker-credential-\(name)", asking: server)
        guard status == 0 else {
            let text = String(decoding: output.prefix(300), as: UTF8.self)
            if text.contains("credentials not found") { return nil }
            throw .registry(registry, reason: "docker-credential-\(name) failed: \(printable(text))")
        }
        guard let answer = try? JSON.decode(Answer.self, from: output) else {
            throw .registry(registry, reason: "docker-credential-\(name) did not answer as such programs do")
        }
        if answer.Username == "<token>" {
            return Credentials(user: "<token>", password: "", identityToken: answer.Secret)
        }
        return Credentials(user: answer.Username, password: answer.Secret)
    }

    /// Runs `program get` with `question` as its input; its output and exit code.
    private func run(_ program: String, asking question: String) throws(ImageError) -> ([UInt8], Int32) {
        do throws(SystemCallError) {
            let input = try Pipe()
            let output = try Pipe()
            var actions = posix_spawn_file_actions_t()
            posix_spawn_file_actions_init(&actions)
            defer { posix_spawn_file_actions_destroy(&actions) }
            posix_spawn_file_actions_adddup2(&actions, input.reader.number, 0)
            posix_spawn_file_actions_adddup2(&actions, output.writer.number, 1)
            var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(program), strdup("get"), nil]
            var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") }
            variables.append(nil)
            defer { for pointer in arguments + variables { free(pointer) } }
            var process: pid_t = 0
            let failure = posix_spawnp(&process, program, &actions, nil, &arguments, &variables)
            guard failure == 0 else { throw SystemCallError("run", program, errno: Errno(rawValue: failure)) }
            // Less than a pipe holds, so nobody waits for anybody.
            let number = input.writer.number
            let bytes = Array("\(question)\n".utf8.prefix(4_096))
            _ = Glibc.write(number, bytes, bytes.count)
            let answer = try Self.drain(input, output)
            var status: Int32 = 0
            while waitpid(process, &status, 0) < 0, Errno.current == .interrupted {}
            return (answer, WaitStatus.exitCode(status))
        } catch { throw .system(error) }
    }

    /// Closes our ends of what the program reads and writes, and gives what it wrote.
    private static func drain(
        _ input: consuming Pipe, _ output: consuming Pipe
    ) throws(SystemCallError) -> [UInt8] {
        let reader = try closeWriters(input, output)
        return try reader.readAll(limit: 1 << 20)
    }

    private static func closeWriters(
        _ input: consuming Pipe, _ output: consuming Pipe
    ) throws(SystemCallError) -> FileDescriptor { try output.reader.duplicate() }
}
