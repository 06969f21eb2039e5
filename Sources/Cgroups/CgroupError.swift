import Linux

/// Why a control group could not be made, joined, limited or removed. Prints as a sentence that a person can act on.
package enum CgroupError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A system call that failed, where there is no more to say.
    case system(SystemCallError)
    /// A limit that was not set: what it was to be, and why not.
    case limitRefused(limit: String, reason: String)
    /// A controller that this host lacks, and what would enable it.
    case missing(Controller, remedy: String)
    /// A path that is no place for a group.
    case badPath(String, reason: String)
    /// Processes that did not end in time, so that the group stays.
    case occupied(path: String, processes: [Int32])

    package var description: String {
        switch self {
        case .system(let error): error.description
        case .limitRefused(let limit, let reason): "cannot limit \(limit): \(reason)"
        case .missing(let controller, let remedy): "the \(controller.title) controller is missing: \(remedy)"
        case .badPath(let path, let reason): "\"\(path)\" cannot be a control group: \(reason)"
        case .occupied(let path, let processes):
            processes.isEmpty
                ? "cannot remove \(path): it is still in use"
                : "cannot remove \(path): processes \(processes.map(String.init).joined(separator: ", ")) still run in it"
        }
    }

    /// The system's reason, where the system gave one.
    package var errno: Errno? {
        if case .system(let error) = self { error.errno } else { nil }
    }
}

/// Runs `body`, turning the failure of a system call into a `CgroupError`.
func cgroupCall<R: ~Copyable>(_ body: () throws(SystemCallError) -> R) throws(CgroupError) -> R {
    do { return try body() } catch { throw .system(error) }
}
