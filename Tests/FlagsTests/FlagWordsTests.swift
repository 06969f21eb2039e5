import Flags
import Testing

@Suite struct FlagWordsTests {
    private func known(endsAtFirst: Bool = true) -> FlagWords {
        FlagWords(
            flags: [["-i", "--interactive"], ["-t", "--tty"], ["--rm"], ["--sig-proxy"], ["--no-sig-proxy"]],
            options: ["-e", "--env", "-u", "--name"], endsAtFirst: endsAtFirst)
    }

    @Test(arguments: [
        ("--rm=true x", "--rm x"), ("--rm=1 x", "--rm x"), ("--rm=t x", "--rm x"), ("--rm=false x", "x"),
        ("--rm --rm=false x", "x"), ("--rm=false --rm x", "--rm x"), ("-it=false x", "-i x"), ("-it=true x", "-i -t x"),
        ("-it --tty=false x", "-i x"), ("--sig-proxy=false x", "--no-sig-proxy x"),
        ("--no-sig-proxy=false x", "--sig-proxy x"), ("-e t=true x", "-e t=true x"), ("-et=true x", "-e=t=true x"),
        ("--name --rm=false x", "--name --rm=false x"), ("-ie --rm=false x", "-ie --rm=false x"),
        ("--name=true --rm=0 x", "--name=true x"), ("--rm=maybe x", "--rm=maybe x"), ("--what=true", "--what=true"),
        ("x --rm=false", "x --rm=false"), ("-- --rm=false", "-- --rm=false"), ("- --rm=true", "- --rm=true"),
    ])
    func `a flag with a value is the flag or none, and nobody else's words are touched`(words: String, plain: String)
        throws
    {
        let split = { (text: String) in text.split(separator: " ").map(String.init) }
        #expect(try known().plain(split(words)).flatMap { $0 == "-it" ? ["-i", "-t"] : [$0] } == split(plain))
    }

    @Test(arguments: [
        ("-eA=b x", "-e=A=b x"), ("-e=A=b x", "-e=A=b x"), ("-eA x", "-e=A x"), ("-itu0 x", "-i -t -u=0 x"),
        ("-ite=A=b x", "-i -t -e=A=b x"), ("-itu 0 x", "-itu 0 x"), ("-ite -i x", "-ite -i x"),
        ("-iu-1 x", "-i -u=-1 x"),
        ("-it x", "-i -t x"), ("-iz1 x", "-iz1 x"), ("-z=1 x", "-z=1 x"), ("--u0 x", "--u0 x"), ("x -itu0", "x -itu0"),
        ("-e -itu0 x", "-e -itu0 x"), ("-- -itu0", "-- -itu0"),
    ])
    func `several letters in a word are flags up to the option that has the rest as its value`(
        words: String, plain: String
    ) throws {
        let split = { (text: String) in text.split(separator: " ").map(String.init) }
        #expect(try known().plain(split(words)) == split(plain))
    }

    @Test func `a verb that takes all its words has flags behind others too`() throws {
        #expect(
            try known(endsAtFirst: false).plain(["xi", "--rm=true", "y", "-i=false", "-"]) == ["xi", "--rm", "y", "-"])
    }

    @Test(arguments: [
        (["--name=", "x", "y"], ["--name", "", "x", "y"]), (["--rm", "--env=", "x"], ["--rm", "--env", "", "x"]),
        (["--env=a=", "x"], ["--env=a=", "x"]), (["-e=", "x"], ["-e=", "x"]), (["--what=", "x"], ["--what=", "x"]),
        (["x", "--name="], ["x", "--name="]), (["--", "--name="], ["--", "--name="]),
        (["--name", "--env=", "x"], ["--name", "--env=", "x"]), (["x", "--rm="], ["x", "--rm="]),
    ])
    func `an option whose = nothing follows has an empty value, and takes no other word`(
        words: [String], plain: [String]
    ) throws {
        #expect(try known().plain(words) == plain)
    }

    @Test func `a flag whose = nothing follows is refused`() throws {
        let error = #expect(throws: FlagError.self) { try known().plain(["-i", "--rm=", "x"]) }
        #expect(error?.description == "nothing follows the = of --rm=: write --rm, or --rm=false")
    }

    @Test func `words without such values need no second look`() {
        #expect(FlagWords.hasValues(["--rm=false"]) && FlagWords.hasValues(["-it=1"]))
        #expect(FlagWords.hasValues(["--rm", "--name="]))
        #expect(FlagWords.hasLetters(["--rm", "-fn1"]) && !FlagWords.hasLetters(["--rm", "-f", "-", "--", "a"]))
        #expect(!FlagWords.hasValues(["--rm", "-e", "a=true", "--name=web", "--env=a=", "a=", "-e=", "--"]))
    }
}
