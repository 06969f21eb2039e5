import Linux
import OCI

/// Why a container, or a process in one, could not be launched. Nothing is left of it.
///
///     cannot mount /data: source /srv/nothing: no such file or directory
package struct LaunchError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was being done: one of the steps of a launch.
    package var step: Step
    /// On which file, where there is one.
    package var path: String?
    /// Why, as a sentence without a full stop.
    package var reason: String
    /// As `docker run` exits: 125 ours, 126 the program cannot be executed, 127 it is not there.
    package var exitCode: Int32

    package init(_ step: Step, on path: String? = nil, _ reason: String, exitCode: Int32 = 125) {
        self.step = step
        self.path = path
        self.reason = reason
        self.exitCode = exitCode
    }

    /// A system call's own words stand where they say more than the step.
    init(_ step: Step, on path: String? = nil, _ error: SystemCallError) {
        self.init(step, on: path, error.path == nil || error.path == path ? "\(error.errno)" : "\(error)")
    }

    package var description: String {
        "cannot \(step.rawValue)\(path.map { " \($0)" } ?? ""): \(reason)"
    }

    /// The steps of a launch, in words that fit after "cannot".
    package enum Step: String, Hashable, Sendable, CaseIterable {
        case configuration = "use config.json"
        case process = "make the first process"
        case seccomp = "filter system calls"
        case namespaces = "make the namespaces"
        case joinNamespace = "join the namespace"
        case identifiers = "map user and group ids"
        case cgroup = "use the control group"
        case session = "begin a session"
        case propagation = "keep mounts to the container"
        case rootfs = "use the root file system"
        case mount = "mount"
        case device = "make the device"
        case console = "make the terminal"
        case hide = "hide"
        case protect = "make read-only"
        case hook = "run the hook"
        case pivot = "enter the root file system"
        case hostname = "set the host name"
        case domainname = "set the domain name"
        case loopback = "set up the loopback interface"
        case networkDevice = "move the network device"
        case memoryPolicy = "set the memory policy"
        case sysctl = "set the kernel parameter"
        case label = "set the security label"
        case limit = "set the limit"
        case priority = "set the priority"
        case oomScore = "set oom_score_adj"
        case standard = "connect standard input and output"
        case descriptors = "close what the caller has open"
        case user = "become the user"
        case capabilities = "set the capabilities"
        case workingDirectory = "enter the working directory"
        case hold = "wait for the start"
        case program = "execute"
        case container = "join the container"
    }
}

/// Runs `body`; what the system refuses becomes the failure of `step`.
@discardableResult
func during<R: ~Copyable>(
    _ step: LaunchError.Step, on path: @autoclosure () -> String? = nil, _ body: () throws(SystemCallError) -> R
) throws(LaunchError) -> R {
    do { return try body() } catch { throw LaunchError(step, on: path(), error) }
}
