import Flags
import Testing

@Suite struct CommonWordsTests {
    /// Reads with two flags and one option: what was taken, `nil` where it gave up, and what is left.
    private func read(_ text: String) -> (taken: [String]?, rest: [String]) {
        var words = CommonWords(text.split(separator: " ", omittingEmptySubsequences: false).map(String.init))
        var taken: [String] = []
        let isKnown = words.read { flag in
            guard ["-i", "-t", "--rm"].contains(flag) else { return false }
            taken.append(flag)
            return true
        } value: { name, text in
            guard ["-e", "--name"].contains(name), text != "wrong" else { return false }
            taken.append("\(name) \(text)")
            return true
        }
        return (isKnown ? taken : nil, Array(words.rest))
    }

    @Test(
        arguments: [
            ("", [], [""]), ("web", [], ["web"]), ("-it web sh -l", ["-i", "-t"], ["web", "sh", "-l"]),
            ("--rm --name web x", ["--rm", "--name web"], ["x"]), ("--name=web x --rm", ["--name web"], ["x", "--rm"]),
            ("-e A=b -t x", ["-e A=b", "-t"], ["x"]), ("--name=a=b x", ["--name a=b"], ["x"]),
        ] as [(String, [String], [String])])
    func `common words are read up to the first that is no option`(
        text: String, taken: [String], rest: [String]
    ) {
        let result = read(text)
        #expect(result.taken == taken)
        #expect(result.rest == rest)
    }

    @Test(arguments: [
        "-x web", "--help", "--rm=yes web", "--name", "--name --rm web", "--name= web", "-e", "-eA=b web", "-ix web",
        "-- web", "- web", "--name wrong web", "-te A=b web", "--nam web x", "--name  x",
    ])
    func `whatever is not plainly known is left to the parser proper`(text: String) {
        #expect(read(text).taken == nil)
    }
}
