import OCI

/// A process to be run in a container that runs.
package struct ExecRequest: Sendable {
    /// The container's first process.
    package var pid: Int32
    package var startTime: UInt64
    /// How the container was launched: its namespaces, seccomp profile, id maps.
    package var spec: OCI.RuntimeSpec
    /// What to run: arguments, environment, user, capabilities, terminal.
    package var process: OCI.RuntimeSpec.Process
    /// The container's control group, which the process joins.
    package var cgroup: String?
    /// As for `LaunchRequest`.
    package var input: Int32?
    package var output: Int32?
    package var error: Int32?

    package init(
        pid: Int32, startTime: UInt64, spec: OCI.RuntimeSpec, process: OCI.RuntimeSpec.Process,
        cgroup: String? = nil, input: Int32? = nil, output: Int32? = nil, error: Int32? = nil
    ) {
        self.pid = pid
        self.startTime = startTime
        self.spec = spec
        self.process = process
        self.cgroup = cgroup
        self.input = input
        self.output = output
        self.error = error
    }
}

/// Runs a process in a container that runs: in its namespaces, its control group, under its seccomp profile.
package func execute(_ request: ExecRequest) throws(LaunchError) -> Launched {
    throw LaunchError(.configuration, "cannot be executed yet")
}
