/// Which standard streams of a container's program are joined to the caller's own.
///
///     try JoinedStreams(["STDIN", "stderr"])    // input and error output
///     try JoinedStreams([])                     // all: nothing else was asked for
package struct JoinedStreams: OptionSet, Hashable, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    package static let input = JoinedStreams(rawValue: 1)
    package static let output = JoinedStreams(rawValue: 2)
    package static let error = JoinedStreams(rawValue: 4)
    package static let all: JoinedStreams = [.input, .output, .error]

    /// Those that the values of `--attach` name, in any case; all where there are none.
    package init(_ names: [String]) throws(FlagError) {
        var streams: JoinedStreams = []
        for name in names {
            switch name.lowercased() {
            case "stdin": streams.insert(.input)
            case "stdout": streams.insert(.output)
            case "stderr": streams.insert(.error)
            default: throw FlagValue("--attach", name).refused("is no stream: stdin, stdout or stderr")
            }
        }
        self = names.isEmpty ? .all : streams
    }

    /// Whether anything of what the program writes is shown.
    package var showsOutput: Bool { !isDisjoint(with: [.output, .error]) }
}
