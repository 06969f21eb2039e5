import Cgroups
import Linux
import Monitoring
import TerminalKit

/// What happens to the dashboard.
package enum ScreenEvent: Sendable {
    case input(Input)
    case snapshot(Snapshot)
    case resize(rows: Int, columns: Int)
    /// A verb of `.run` has ended; `message` is the last line it wrote to standard error, `output` the last one to
    /// standard output. Either may be empty.
    case ended(arguments: [String], status: Int32, message: String, output: String = "")
    /// The change of `.applyLimit` is made, and these are all the container's limits now.
    case limited(id: String, LimitChange, Limits)
    /// It was refused, with a sentence.
    case limitRefused(id: String, String)
    /// The signal of `.signal` was sent, unless there is a reason why not, as a sentence.
    case signalled(ProcessReading, name: String, refusal: String?)
    case details(ContainerDetails)
    case log(id: String, [LogLine])
    case images([String])
    case listed(Listing)
    /// A verb of `.run` that has not ended has written this to standard error last.
    case heard(arguments: [String], String)
    /// Something to stand in the status line.
    case said(String, StatusLine.Kind)
    /// What the last frame cost, in seconds.
    case frame(cost: Double)
}

/// What the dashboard asks of the world.
package enum Effect: Hashable, Sendable {
    /// A verb of this program, as a child beside the screen: `["stop", "web"]`. Ends in `.ended`.
    case run(arguments: [String])
    /// The same, on the screen itself: leave it, say where one is, come back when the child has ended, and say before
    /// that one is back: what stands there then is seen again when the dashboard is quit. Ends in `.ended`.
    case suspend(Visit)
    /// Ends in `.limited` or `.limitRefused`.
    case applyLimit(id: String, LimitChange)
    /// To one process of a container; ends in `.signalled`.
    case signal(id: String, ProcessReading, name: String)
    /// Asks for processes, events and particulars of a container; ends in `.details`.
    case needDetails(id: String)
    /// Asks for the end of its log; ends in `.log`.
    case needLog(id: String, count: Int)
    /// Writes the whole log to a file in this folder; ends in `.said`.
    case saveLog(id: String, name: String)
    /// Asks for the images there are; ends in `.images`.
    case needImages
    /// Asks for all that there is of one kind; ends in `.listed`.
    case needListing(Resource)
    case saveSettings(Settings)
    case setRate(seconds: Double)
    case setTheme(Theme)
    /// Puts everything on the terminal again, whatever has been written over it.
    case redraw
    /// Reads the gauges now, not at the next tick.
    case sweep
    case quit
}
