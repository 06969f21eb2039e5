import Linux
import Records

extension Containers {
    /// The container that `reference` stands for: a whole id, a name, or an unambiguous beginning of an id.
    package func find(_ reference: String) throws(ContainerError) -> ContainerRecord {
        try record(try id(of: reference))
    }

    /// The id that `reference` stands for.
    func id(of reference: String) throws(ContainerError) -> String {
        if ContainerID.isComplete(reference), files.has(reference) { return reference }
        if ContainerName.isValid(reference), let id = Claims.names(layout).owner(of: reference),
            files.has(id)
        {
            return id
        }
        if ContainerID.isPrefix(reference) {
            let fitting = ids().filter { $0.hasPrefix(reference) }
            if let id = fitting.first, fitting.count == 1 { return id }
            if fitting.count > 1 {
                let some = fitting.sorted().prefix(4).map(ContainerID.short).joined(separator: ", ")
                throw ContainerError(
                    .invalid, "“\(reference)” fits \(fitting.count) containers (\(some)…): give more of the id")
            }
        }
        throw ContainerError(.notFound, "there is no container “\(reference)”: boxtop ps -a lists them")
    }

    /// The ids of all containers.
    func ids() -> [String] { files.ids().filter(ContainerID.isComplete) }

    func record(_ id: String) throws(ContainerError) -> ContainerRecord {
        do { return try files.record(of: id) } catch {
            if case .system(let reason) = error, reason.errno == .noSuchFile { throw .removed(id) }
            throw ContainerError(.failed, "\(error)")
        }
    }

    func write(_ record: ContainerRecord) throws(ContainerError) {
        do { try files.write(record) } catch { throw ContainerError(.failed, "\(error)") }
    }

    func say(_ kind: Event.Kind, _ record: ContainerRecord, _ detail: String? = nil) {
        EventLog(layout).append(kind, of: record, detail: detail)
    }
}
