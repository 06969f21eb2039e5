/// The last lines of a log, looked for entry by entry from its end: each stream's parts belong to its own line, whatever the
/// other has written in between.
struct LastLines {
    private let count: Int
    private var found = 0
    /// The streams with a wanted line that may have more parts further up.
    private var open: Set<LogStream> = []
    /// Those of which nothing further up is wanted.
    private var closed: Set<LogStream> = []
    /// Entries met since the last wanted one.
    private var between: [LogStream: Int] = [:]
    /// How many of each stream's first entries, from the first wanted one of all on, are of lines before.
    private(set) var unwanted: [LogStream: Int] = [:]

    init(_ count: Int) { self.count = count }

    /// Nothing further up is wanted.
    var isOver: Bool { found == count && open.isEmpty }

    /// Meets the entry before those that were met so far.
    ///
    /// - Returns: whether it is wanted.
    mutating func meet(_ stream: LogStream, isPart: Bool) -> Bool {
        // A whole line, or its end, is what is met first of it.
        let isFurther = isPart && open.contains(stream)
        if !isFurther && found == count {
            open.remove(stream)
            closed.insert(stream)
        }
        if closed.contains(stream) {
            between[stream, default: 0] += 1
            return false
        }
        if !isFurther { found += 1 }
        open.insert(stream)
        unwanted.merge(between, uniquingKeysWith: +)
        between = [:]
        return true
    }
}
