import CLinux

/// What a supervisor holds for the years beside its container.
enum Memory {
    /// Gives back what only the launch needed: the parsed bundle, the decoder's tables.
    static func giveBack() { clinux_malloc_trim() }
}
