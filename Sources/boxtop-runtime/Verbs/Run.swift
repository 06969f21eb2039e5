import Cgroups
import Glibc
import Linux
import OCI
import RuntimeCore

/// `run ID`: create and start in one; in the foreground, until the program ends, with its status.
enum Run {
    static func run(_ words: [String], _ states: StateDirectory) throws(Failure) -> Int32 {
        let options = try NewContainer.options(words)
        let signals = options.has("detach") ? nil : try Foreground.catchSignals()
        let container = try NewContainer(options, states, holding: false)
        let entry = container.entry
        if let hooks = container.spec.hooks?.poststart, !hooks.isEmpty {
            try failing { () throws(LaunchError) in try Hooks.run(hooks, entry.state(in: states)) }
        }
        guard let signals else { return 0 }
        let status = try Foreground.attend(container.launched.process, container.launched.console, signals)
        if !options.has("keep") { try Delete.remove(entry, states, container.spec, container.hierarchy) }
        return status
    }
}
