/// Why an image could not be built: where in the Containerfile, and a sentence.
package struct BuildError: Error, Hashable, Sendable, CustomStringConvertible {
    /// From 1; absent where it is not one line's fault.
    package let line: Int?
    package let reason: String
    /// The exit code of a RUN that failed.
    package let status: Int32?

    package init(line: Int? = nil, _ reason: String, status: Int32? = nil) {
        self.line = line
        self.reason = reason
        self.status = status
    }

    package var description: String { "\(line.map { "line \($0): " } ?? "")\(reason)" }

    func at(_ line: Int) -> BuildError { BuildError(line: self.line ?? line, reason, status: status) }
}
