/// The signals that the picker offers, as kill(1) names them.
enum Signals {
    struct Offer {
        var name: String
        /// What it does to a container.
        var explanation: String
        /// What it does to one process, where that is another thing.
        var toOne: String?
    }

    static let offered: [Offer] = [
        Offer(name: "TERM", explanation: "asks it to end"),
        Offer(name: "KILL", explanation: "ends it at once, without a chance to tidy up"),
        Offer(name: "INT", explanation: "as Ctrl-C"),
        Offer(name: "HUP", explanation: "usually: read the configuration again"),
        Offer(name: "QUIT", explanation: "as Ctrl-\\; often writes a core file"),
        Offer(name: "USR1", explanation: "what the program makes of it"),
        Offer(name: "USR2", explanation: "what the program makes of it"),
        Offer(name: "STOP", explanation: "stops its first process", toOne: "stops it"),
        Offer(name: "CONT", explanation: "lets it go on"),
        Offer(name: "WINCH", explanation: "the window has another size; nginx: end gracefully"),
    ]
}
