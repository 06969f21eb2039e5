import Flags
import Testing

@Suite struct JoinedStreamsTests {
    @Test(
        arguments: [
            ([], .all), (["stdin"], .input), (["STDOUT"], .output), (["stderr", "Stdin"], [.input, .error]),
            (["stdout", "stdout"], .output),
        ] as [([String], JoinedStreams)])
    func `the streams that are named are joined, and all where none is`(names: [String], streams: JoinedStreams) throws
    {
        #expect(try JoinedStreams(names) == streams)
        #expect(streams.showsOutput == (streams != .input))
    }

    @Test(arguments: ["", "in", "stdout,stderr", "1"])
    func `what is no stream is refused`(name: String) {
        #expect(throws: FlagError.self) { try JoinedStreams(["stdin", name]) }
    }
}
