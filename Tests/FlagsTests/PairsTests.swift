import Containers
import Flags
import Testing

@Suite struct PairsTests {
    @Test(arguments: ["A=1", "A=", "A=x=y", "HOME"])
    func `a variable is a key, perhaps with a value`(text: String) throws {
        #expect(try FlagValue("-e", text).variable() == text)
    }

    @Test(arguments: ["", "=1", "A B=1"])
    func `a nonsense variable is refused`(text: String) {
        let value = FlagValue("-e", text)
        #expect(throws: value.refused("is no variable: write KEY=VALUE")) { try value.variable() }
    }

    @Test func `a file of variables may begin with a byte order mark`() throws {
        let mark = String(decoding: [0xEF, 0xBB, 0xBF] as [UInt8], as: UTF8.self)
        #expect(try FlagValue("--env-file", "env").variables(of: "\(mark)A=1\nB=2") == ["A=1", "B=2"])
    }

    @Test func `a file of variables has comments, blank lines and values with spaces`() throws {
        let contents = "# the mode\nMODE=fast and loose\n\n  HOME\r\n  #X=1\nLAST=1"
        let variables = try FlagValue("--env-file", "env").variables(of: contents)
        #expect(variables == ["MODE=fast and loose", "HOME", "LAST=1"])
    }

    @Test func `a wrong line of a file of variables is named`() {
        #expect(throws: FlagError("--env-file env, line 2: “=1” is no variable: write KEY=VALUE")) {
            try FlagValue("--env-file", "env").variables(of: "A=1\n=1\n")
        }
    }

    @Test func `what a grammar of Containers refuses is under the flag's name`() throws {
        #expect(try FlagValue("-l", "a=b").parsed(by: Parse.label).value == "b")
        #expect(throws: FlagError("-l: “=b” is not a label: KEY=VALUE")) {
            _ = try FlagValue("-l", "=b").parsed(by: Parse.label)
        }
    }
}
