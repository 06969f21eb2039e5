/// Why a container, or a process in one, could not be launched. Nothing is left of it.
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

    package var description: String {
        "\(step.rawValue)\(path.map { " \($0)" } ?? ""): \(reason)"
    }

    /// The steps of a launch; the text names one in messages.
    package enum Step: String, Hashable, Sendable, CaseIterable {
        case configuration = "config.json"
    }
}
