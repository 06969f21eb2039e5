import ArgumentParser
import Flags
import Glibc
import Images
import OCI

/// How a new image wants to be run, as `pack` and `import` take it.
struct ImageOptions: ParsableArguments {
    @Option(name: .joined("e", "env"), help: "KEY=VALUE, or KEY alone for the value that it has here.")
    var environment: [String] = []
    @Option(name: .joined("w", "workdir"), help: "The folder that the program starts in.")
    var workdir: String?
    @Option(name: .joined("u", "user"), help: "The user: a name of this host or a number, with :GROUP if wanted.")
    var user: String?
    @Option(name: .long, help: "The program, with words between spaces; arguments after the image's name go to it.")
    var entrypoint: String?
    @Option(name: .joined("l", "label"), help: "KEY=VALUE, for programs that read it.")
    var labels: [String] = []
    @Option(name: .long, help: "gzip, zstd or none.")
    var compression: Compression = .gzip

    func variables(in context: Context) throws -> [String] {
        try environment.compactMap { text in
            let variable = try FlagValue("--env", text).variable()
            return variable.contains("=") ? variable : context.environment[variable].map { "\(variable)=\($0)" }
        }
    }

    /// A path that a container starts in is one from its root.
    func checkedWorkdir() throws -> String? {
        guard let workdir else { return nil }
        guard workdir.hasPrefix("/") else { throw Failure("--workdir \(workdir) is no absolute path") }
        return workdir
    }

    var entrypointWords: [String]? {
        entrypoint.map { $0.split(separator: " ").map(String.init) }
    }

    func parsedLabels() throws -> [String: String] {
        var result: [String: String] = [:]
        for label in labels {
            let parts = label.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let key = parts.first, !key.isEmpty else { throw Failure("--label \(label) is no KEY=VALUE") }
            result[String(key)] = parts.count > 1 ? String(parts[1]) : ""
        }
        return result
    }

    /// The time that reproducible builds are given; 0 without one. See reproducible-builds.org.
    static func epoch(in context: Context) throws -> Int64 {
        guard let text = context.environment["SOURCE_DATE_EPOCH"], !text.isEmpty else { return 0 }
        guard let seconds = Int64(text), (0...253_402_300_799).contains(seconds) else {
            throw Failure("SOURCE_DATE_EPOCH is \(text), which is no number of seconds since 1970")
        }
        return seconds
    }
}

extension Compression: ExpressibleByArgument {}
