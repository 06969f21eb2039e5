import Linux
import Records
import RuntimeCore

/// Why a container cannot be supervised, as a sentence.
enum SupervisionError: Error, CustomStringConvertible {
    case system(SystemCallError)
    case record(RecordError)
    case launch(LaunchError)
    case refused(String)

    /// As `docker run` exits: 125 where the container could not be made, 126 or 127 for its program.
    var exitCode: Int32 { if case .launch(let error) = self { error.exitCode } else { 125 } }

    var description: String {
        switch self {
        case .system(let error): error.description
        case .record(let error): error.description
        case .launch(let error): error.description
        case .refused(let reason): reason
        }
    }
}

/// Runs `body`, turning the failure of a system call into a `SupervisionError`.
func attempt<R: ~Copyable>(_ body: () throws(SystemCallError) -> R) throws(SupervisionError) -> R {
    do { return try body() } catch { throw .system(error) }
}
