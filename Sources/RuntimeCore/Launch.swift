import Linux

/// A process that runs: the container's first, or one of `execute`.
package struct Launched: ~Copyable {
    /// As the caller sees it.
    package let pid: Int32
    /// Clock ticks since boot, field 22 of /proc/PID/stat: with it a process id is never mistaken after reuse.
    package let startTime: UInt64
    /// Readable when the process has ended. See pidfd_open(2); wait with waitid(P_PIDFD).
    package let process: FileDescriptor
    /// The master side of the terminal, where the spec asks for one.
    package var console: FileDescriptor?
}

/// Makes the container that `request` describes and starts its program.
///
/// Call it from a process with one thread: the child goes on in Swift after clone3(2). When this returns, the program
/// has been executed (or, with `hold`, waits to be).
package func launch(_ request: LaunchRequest) throws(LaunchError) -> Launched {
    throw LaunchError(.configuration, "cannot be launched yet")
}
