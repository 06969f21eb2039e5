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
        case "stop": !status.isActive
        case "pause": status.isPaused
        case "restart": status.isRunning && status.running?.process != before.running?.process
        default: false
        }
    }
}

/// What a container is called that verbs are for: it may be gone before the last of them has ended.
struct Called: Sendable {
    private(set) var name = ""
    /// The command lines that have not ended.
    private var verbs: [[String]] = []

    mutating func add(_ arguments: [String], _ name: String) {
        self.name = name
        verbs.append(arguments)
    }

    /// Without the verb that has ended; `nil` where it was the last.
    func without(_ arguments: [String]) -> Called? {
        var left = self
        if let index = verbs.firstIndex(of: arguments) { left.verbs.remove(at: index) }
        return left.verbs.isEmpty ? nil : left
    }
}

/// A container that was just made, and is not in the list yet, which knows its name.
struct Made: Sendable {
    var id: String
    /// As people say it: `started`.
    var word: String
    /// What the verb has said beside.
    var note: String
    /// Whether the cursor is to go to it.
    var isWanted: Bool

    func sentence(_ name: String) -> String { "\(word) \(name)\(note.isEmpty ? "" : ": \(note)")" }
}
