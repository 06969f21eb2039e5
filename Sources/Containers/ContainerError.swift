import Linux

/// Why a container could not be made, started or acted on: one sentence that says what to do, and the exit code that
/// `docker` gives for the same.
package struct ContainerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of refusal it is, for a program that wants to act on it.
    package enum Kind: String, Hashable, Sendable, Codable {
        /// No such container, image, volume or program.
        case notFound
        /// A name taken, a container that runs where it must not, or does not where it must.
        case conflict
        /// What was asked for makes no sense.
        case invalid
        /// This host cannot do it; the sentence says what would enable it.
        case unsupported
        /// The system refused, or something broke.
        case failed
    }

    package let kind: Kind
    package let description: String
    /// 1 for verbs on containers, 125 where a start failed on our side, 126 and 127 where the command is at fault.
    package let exitCode: Int32

    package init(_ kind: Kind, _ description: String, exitCode: Int32 = 1) {
        self.kind = kind
        self.description = description
        self.exitCode = exitCode
    }

    /// Who would act on container `id` has been overtaken.
    static func removed(_ id: String) -> ContainerError {
        ContainerError(.notFound, "container \(ContainerID.short(id)) has just been removed")
    }

    /// The same refusal with another exit code: `run` and `create` give 125 for all that is not the command's fault.
    package func withExitCode(_ code: Int32) -> ContainerError { ContainerError(kind, description, exitCode: code) }
}

extension ContainerError {
    /// A system call's failure, after what was being done: `cannot keep the record: cannot write …: no space left`.
    init(_ doing: String? = nil, _ error: SystemCallError) {
        self.init(.failed, (doing.map { "\($0): " } ?? "") + error.description)
    }
}

/// Runs `body`, its system call's failure becoming a sentence of this room.
func explaining<R: ~Copyable>(
    _ doing: String? = nil, _ body: () throws(SystemCallError) -> R
) throws(ContainerError) -> R {
    do throws(SystemCallError) { return try body() } catch { throw ContainerError(doing, error) }
}
