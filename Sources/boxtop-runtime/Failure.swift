import Cgroups
import Glibc
import JSON
import Linux
import RuntimeCore

/// Why a verb was not done, as a sentence, and the exit status that says so.
struct Failure: Error, CustomStringConvertible {
    var description: String
    var exitCode: Int32

    init(_ description: String, exitCode: Int32 = 1) {
        self.description = description
        self.exitCode = exitCode
    }

    /// In the words that engines look for.
    static func notRunning(_ id: String) -> Failure { Failure("container not running: \(id)") }

    /// Any room's error: each prints as a sentence. What `docker run` calls 125, runc and crun call 1.
    init(_ error: any Error) {
        let code = (error as? LaunchError)?.exitCode ?? 1
        self.init("\(error)", exitCode: code == 125 ? 1 : code)
    }
}

/// Runs `body`; what it throws becomes the verb's failure.
func failing<R: ~Copyable, E: Error>(_ body: () throws(E) -> R) throws(Failure) -> R {
    do { return try body() } catch { throw Failure(error) }
}

/// Where failures are told: standard error, and the file of `--log`, which engines read.
struct Log {
    private var path: String?
    private var isJSON = false

    init() {}

    init(_ options: Options) throws(Failure) {
        let format = options.value("log-format") ?? "text"
        guard ["text", "json"].contains(format) else { throw Failure("--log-format \(format) is not text or json") }
        isJSON = format == "json"
        guard let path = options.value("log") else { return }
        _ = try failing { () throws(SystemCallError) in try Self.open(path) }
        self.path = path
    }

    private static func open(_ path: String) throws(SystemCallError) -> FileDescriptor {
        try FileDescriptor.open(path, flags: O_WRONLY | O_APPEND | O_CREAT)
    }

    enum Level: String, Encodable { case error, warning }

    func write(_ sentence: String, _ level: Level = .error) {
        let line = "boxtop-runtime: \(level == .warning ? "warning: " : "")\(sentence)\n"
        // After the file: of a standard error that nobody reads, or has room for, nothing is to be hoped.
        defer { try? FileDescriptor.write(line, to: 2) }
        guard let path, let file = try? Self.open(path) else { return }
        struct Line: Encodable {
            var level: Level
            var msg: String
            var time: Timestamp
        }
        let json = try? JSON.encode(Line(level: level, msg: sentence, time: .now))
        try? file.write(isJSON ? (json ?? []) + [10] : Array(line.utf8))
    }
}
