/// The signals that the picker offers, as kill(1) names them.
enum Signals {
    static let offered: [(name: String, explanation: String)] = [
        ("TERM", "asks it to end"),
        ("KILL", "ends it at once, without a chance to tidy up"),
        ("INT", "as Ctrl-C"),
        ("HUP", "usually: read the configuration again"),
        ("QUIT", "as Ctrl-\\; often writes a core file"),
        ("USR1", "what the program makes of it"),
        ("USR2", "what the program makes of it"),
        ("STOP", "stops its first process"),
        ("CONT", "lets it go on"),
        ("WINCH", "the window has another size; nginx: end gracefully"),
    ]
}
