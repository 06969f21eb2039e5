import Linux
import Records

/// Why a container cannot be supervised, as a sentence.
enum SupervisionError: Error, CustomStringConvertible {
    case system(SystemCallError)
    case record(RecordError)
    /// As `docker run` exits, and why.
    case launch(code: Int32, reason: String)
    case refused(String)

    /// As `docker run` exits: 125 where the container could not be made, 126 or 127 for its program.
    var exitCode: Int32 { if case .launch(let code, _) = self { code } else { 125 } }

    var description: String {
        switch self {
        case .system(let error): error.description
        case .record(let error): error.description
        case .launch(_, let reason): reason
        case .refused(let reason): reason
        }
    }
}

/// Runs `body`, turning the failure of a system call into a `SupervisionError`.
func attempt<R: ~Copyable>(_ body: () throws(SystemCallError) -> R) throws(SupervisionError) -> R {
    do { return try body() } catch { throw .system(error) }
}
