import Containers
import Dashboard
import Images
import Linux

/// Opens the dashboard on the containers of this host.
func openDashboard(in context: Context) throws -> Int32 {
    let containers = try context.containers()
    var options = DashboardOptions(environment: context.environment)
    if let file = options.settingsFile, let text = Files.text(file) { options.settings = Settings(text: text) }
    options.images = { ((try? context.images.summaries()) ?? []).compactMap { $0.reference?.description } }
    let watch = ImageWatch(context)
    options.imageList = { watch.readings() }
    try runDashboard(source: LiveContainers(containers), limiter: LiveLimiter(containers), options: options)
    return 0
}
