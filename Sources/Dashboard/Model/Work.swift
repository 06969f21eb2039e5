import Records

/// What a verb is doing to a container.
struct Work: Sendable {
    /// As people say it: `stopping`.
    var word: String
    /// The command line that does it.
    var arguments: [String]
    /// How the container was when it was begun.
    var before: Status

    /// What is being done to what a person has had removed.
    static let removing = "removing"

    /// Whether `status` is what was wanted: of many, one is done long before the verb has ended for all.
    func isDone(_ status: Status) -> Bool {
        switch arguments.first {
        case "start", "unpause": status.isRunning
        case "stop": !status.isAlive
        case "pause": status.isPaused
        case "restart": status.isRunning && status.running?.process != before.running?.process
        default: false
        }
    }
}
