import Dashboard
import Linux
import TerminalKit

/// `boxtop --demo`: the dashboard on containers that are made up, for a look at it where nothing may be started.
func runDemo(count: Int, environment: [String: String]) throws {
    let containers = DemoContainers(count: count) { (MonotonicTime.now, Timestamp.now) }
    var options = DashboardOptions(environment: environment) { containers.listing(of: $0) }
    if let file = options.settingsFile, let text = Files.text(file) { options.settings = Settings(text: text) }
    options.images = { DemoContainers.images }
    options.perform = { containers.perform($0) }
    try runDashboard(source: containers, controls: containers, options: options)
}

extension TerminalError: SentenceError {}
