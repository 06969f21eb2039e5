import Linux
import Records

extension Containers {
    private var unfinished: ContainerError { ContainerError(.unsupported, "this verb is not built in yet") }

    /// Starts a created or ended one. With `attach`, the client end of a packet socket comes along.
    package func start(_ reference: String, attach: Bool = false) throws(ContainerError) -> Started { throw unfinished }
    /// Ends it for good: signal, grace, SIGKILL. Absent arguments are the container's own. `nil`: it did not run.
    @discardableResult
    package func stop(
        _ reference: String, signal: Int32? = nil, timeout: Double? = nil
    ) throws(ContainerError) -> Exit? { throw unfinished }
    package func restart(_ reference: String, timeout: Double? = nil) throws(ContainerError) { throw unfinished }
    package func kill(_ reference: String, signal: Int32 = 9) throws(ContainerError) { throw unfinished }
    package func pause(_ reference: String) throws(ContainerError) { throw unfinished }
    package func unpause(_ reference: String) throws(ContainerError) { throw unfinished }
    /// A running one is refused without `force`; `volumes`: its anonymous volumes go too.
    package func remove(
        _ reference: String, force: Bool = false, volumes: Bool = false
    ) throws(ContainerError) { throw unfinished }
    package func rename(_ reference: String, to name: String) throws(ContainerError) { throw unfinished }
    /// The record as it is now.
    @discardableResult
    package func update(
        _ reference: String, _ update: ContainerUpdate
    ) throws(ContainerError) -> ContainerRecord { throw unfinished }
    /// Waits until it has ended and is not started again.
    package func wait(_ reference: String) throws(ContainerError) -> Exit { throw unfinished }
    /// A connection of `AttachFrame` packets to a running container.
    package func attach(_ reference: String, input: Bool) throws(ContainerError) -> FileDescriptor { throw unfinished }
    package func resize(_ reference: String, rows: UInt16, columns: UInt16) throws(ContainerError) { throw unfinished }
    /// Starts a further program in a running container, its output the caller's own (or a terminal to copy).
    package func exec(_ reference: String, _ request: ExecRequest) throws(ContainerError) -> Executing {
        throw unfinished
    }
    /// The container that `reference` (name, id, or an unambiguous beginning of one) stands for.
    package func find(_ reference: String) throws(ContainerError) -> ContainerRecord { throw unfinished }
    /// How it is, as far as files tell, corrected where the process is gone.
    package func state(of record: ContainerRecord) throws(ContainerError) -> ContainerState { throw unfinished }
    /// Removes all that have ended (and those never started); the ids of those removed.
    package func prune() throws(ContainerError) -> [String] { throw unfinished }
    /// Everything about one, as `inspect` prints it.
    package func inspect(_ reference: String) throws(ContainerError) -> ContainerInspection { throw unfinished }
}

extension Executing {
    /// Waits for its end: the exit code as the shell gives it.
    package consuming func wait() throws(ContainerError) -> Int32 {
        throw ContainerError(.unsupported, "this verb is not built in yet")
    }
}
