import CLinux

/// What a supervisor holds for the years beside its container.
enum Memory {
    /// A busy moment is over after this many seconds.
    static let quiet = 1.0

    /// Gives back what only a busy moment needed: after a launch the parsed bundle, the stack and 4 MB of code, after a
    /// request the decoder's.
    static func giveBack() { clinux_give_back_memory() }
}
