import RuntimeCore

/// `create ID`: sets the container up; its program waits for `start`.
enum Create {
    static func run(_ words: [String], _ context: Context) throws(Failure) -> Int32 {
        _ = try NewContainer(try NewContainer.options(words), context, holding: true)
        return 0
    }
}
