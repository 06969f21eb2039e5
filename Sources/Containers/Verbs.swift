import Linux
import Records

extension Containers {
    private var unfinished: ContainerError { ContainerError(.unsupported, "this verb is not built in yet") }
    /// Starts a further program in a running container, its output the caller's own (or a terminal to copy).
    package func exec(_ reference: String, _ request: ExecRequest) throws(ContainerError) -> Executing {
        throw unfinished
    }
    /// Everything about one, as `inspect` prints it.
    package func inspect(_ reference: String) throws(ContainerError) -> ContainerInspection { throw unfinished }
}

extension Executing {
    /// Waits for its end: the exit code as the shell gives it.
    package consuming func wait() throws(ContainerError) -> Int32 {
        throw ContainerError(.unsupported, "this verb is not built in yet")
    }
}
