import Cgroups
import Glibc
import Linux
import OCI
import RuntimeCore

/// `run ID`: create and start in one; in the foreground, until the program ends, with its status.
enum Run {
    static func run(_ words: [String], _ context: Context) throws(Failure) -> Int32 {
        let options = try NewContainer.options(words)
        if !options.has("detach") { try Foreground.holdSignals() }
        let container = try NewContainer(options, context, holding: false)
        let entry = container.entry
        let signals = options.has("detach") ? nil : try Foreground.catchSignals(for: container.launched.process)
        try Start.runPoststart(entry, container.spec, context)
        guard let signals else {
            try container.notifySocket?.attend(container.launched.process, entry.pid)
            return 0
        }
        let status = try Foreground.attend(
            container.launched.process, container.launched.console, signals, container.notifySocket)
        if !options.has("keep") { try Delete.remove(entry, context, container.spec, container.hierarchy) }
        return status
    }
}
