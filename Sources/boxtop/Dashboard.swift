import Containers
import Dashboard
import Glibc
import Images
import Linux

/// Opens the dashboard on the containers of this host.
func openDashboard(in context: Context) throws -> Int32 {
    let containers = try context.containers()
    beside { containers.adoptAll() }
    let (images, volumes) = (ImageWatch(context), VolumeWatch(containers))
    var options = DashboardOptions(environment: context.environment) { kind in
        switch kind {
        case .image: .images(images.readings())
        case .volume: .volumes(volumes.readings())
        case .network: .networks(context.networkReadings())
        }
    }
    options.leave = { kind in if kind == .volume { volumes.rest() } }
    if let file = options.settingsFile, let text = Files.text(file) { options.settings = Settings(text: text) }
    options.images = { ((try? context.images.summaries()) ?? []).compactMap { $0.reference?.description } }
    try runDashboard(source: LiveContainers(containers), controls: LiveControls(containers), options: options)
    return 0
}

/// Does `work` in a process of its own, init's child, that no terminal ends: the first frame waits for none of it.
private func beside(_ work: () -> Void) {
    let child = fork()
    guard child == 0 else {
        if child > 0 { waitpid(child, nil, 0) }
        return
    }
    if fork() != 0 { _exit(0) }
    setsid()
    let null = open("/dev/null", O_RDWR)
    for number in Int32(0)...2 { dup2(null, number) }
    work()
    _exit(0)
}
