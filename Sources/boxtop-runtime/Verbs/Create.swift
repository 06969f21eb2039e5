import RuntimeCore

/// `create ID`: sets the container up; its program waits for `start`.
enum Create {
    static func run(_ words: [String], _ states: StateDirectory) throws(Failure) -> Int32 {
        _ = try NewContainer(try NewContainer.options(words), states, holding: true)
        return 0
    }
}
