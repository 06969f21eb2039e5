import Glibc
import OCI
import Testing

@testable import Builds

@Suite struct ContainerfileTests {
    @Test func `stages, flags, continued lines, comments and heredocs are read`() throws {
        let file = try Containerfile(
            """
            # syntax=docker/dockerfile:1
            ARG VERSION=1
            from base:$VERSION AS Build
            # a comment
            RUN --mount=type=cache,target=/c echo a \\
                # not there

                && echo b
            COPY --chown=1:2 --from=0 <<EOF <<-'END' /to/
            one $X
            EOF
            \ttwo $X
            \tEND
            FROM scratch
            CMD ["a", "b"]
            """)
        #expect(file.globals.map(\.text) == ["VERSION=1"])
        #expect(file.stages.map(\.base) == ["base:$VERSION", "scratch"] && file.stages[0].name == "build")
        let run = file.stages[0].steps[0]
        #expect(run.flag("mount") == "type=cache,target=/c" && run.line == 5)
        #expect(run.text.split(separator: " ") == ["echo", "a", "&&", "echo", "b"])
        let copy = file.stages[0].steps[1]
        #expect(copy.flag("chown") == "1:2" && copy.flag("from") == "0")
        #expect(
            copy.heredocs == [
                .init(name: "EOF", text: "one $X\n", isExpanded: true),
                .init(name: "END", text: "two $X\n", isExpanded: false),
            ])
        #expect(file.stage("BUILD", before: 1) == 0 && file.stage("0", before: 1) == 0)
        #expect(file.stage("1", before: 1) == nil && file.stage("-1", before: 1) == nil)
    }

    @Test(arguments: [
        "", "RUN x", "FROM", "FROM a b", "FROM a as", "FROM a\nFLY to", "FROM a\nRUN", "FROM a\nRUN <<EOF\nnever",
        "FROM a\n[", "FROM a\n\\",
    ])
    func `nonsense is refused in a sentence`(text: String) {
        #expect(throws: BuildError.self) { try Containerfile(text) }
    }

    @Test(arguments: [
        ("RUN --nonsense=1 true", "RUN knows no --nonsense"), ("RUN --from=x true", "RUN knows no --from"),
        ("COPY --checksum=x a /", "COPY knows no --checksum"), ("ADD --from=x a /", "ADD knows no --from"),
        ("COPY --Chown=1 a /", "COPY knows no --Chown"), ("USER --x a", "USER knows no --x"),
        ("HEALTHCHECK --bogus NONE", "HEALTHCHECK knows no --bogus"), ("FROM --os=x b", "FROM knows no --os"),
        ("CMD --help x", "CMD knows no --help"), ("FROM --Platform=x b", "FROM knows no --Platform"),
        ("RUN --mount=type=cache,targt=/x true", "--mount knows no targt="),
        ("RUN --mount=type=$T,odd,target=/x true", "--mount knows no odd="),
    ])
    func `a flag that an instruction does not know is refused by its line, in a stage that nobody wants as well`(
        step: String, reason: String
    ) {
        #expect(throws: BuildError(line: 3, reason)) { try Containerfile("FROM a\nRUN true\n\(step)\nFROM b\n") }
    }

    @Test(
        arguments: [
            ("RUN --security=insecure x", "RUN --security=insecure is not done here: "),
            ("RUN --device=a x", "--device is"),
            ("RUN --security=odd x", "--security=odd is not known: sandbox"),
            ("RUN --mount=type=ssh x", "--mount=type=ssh is not done here"),
            ("RUN --mount=type=odd,target=/x x", "--mount=type=odd is not known"),
            ("RUN --mount=type=cache x", "--mount=type=cache wants target=PATH"),
            ("RUN --mount=type=$T,target=/x x", nil),
            ("COPY --parents --exclude=*.o a /", nil),
            ("ADD --keep-git-dir=true a /", "--keep-git-dir is not"),
            ("ADD --unpack=true a /", "--unpack is not done here"),
            ("RUN --security=sandbox --network=none --mount=target=/x x", nil),
            ("COPY --from=a --link --chown=1 --chmod=644 b /", nil),
            ("ADD --chmod=644 --checksum=sha256:0 http://x /", nil),
        ] as [(String, String?)])
    func `a flag that is known and not done here is refused in a sentence`(step: String, part: String?) throws {
        let read = try Containerfile("FROM a\n\(step)\n").stages[0].steps[0]
        var refusal: BuildError?
        do throws(BuildError) { try StepFlags.checkDone(read) } catch { refusal = error }
        #expect((refusal == nil) == (part == nil))
        if let part, let refusal { #expect(refusal.line == 2 && refusal.reason.contains(part), "\(refusal)") }
    }

    @Test func `a stage's name is given once`() throws {
        #expect(throws: BuildError(line: 3, "there is a stage one already")) {
            try Containerfile("FROM a AS one\nRUN true\nFROM b AS One\n")
        }
    }

    @Test func `another escape is taken from the first lines alone`() throws {
        #expect(try Containerfile("# escape=`\nFROM a `\n as b").stages[0].name == "b")
        #expect(throws: BuildError.self) { try Containerfile("FROM a\n# escape=`\nRUN a `\n b") }
    }

    @Test(arguments: [
        ("a b", ["a", "b"]), ("'a b' \"c d\"", ["a b", "c d"]), ("a\\ b", ["a b"]),
        ("$A ${A}x '$A' \"$A\"", ["1", "1x", "$A", "1"]),
        ("\\$A \"\\$A\"", ["$A", "$A"]), ("${N:-d} ${E:-d} ${E-d} ${A:+y} ${N:+y}z", ["d", "d", "", "y", "z"]),
        ("${N:-${A}2}", ["12"]), ("$N", [""]), ("$ $1x", ["$", "x"]), ("", []), ("\"\"", [""]),
        ("a=\"b c\"d", ["a=b cd"]), ("${N:-'x y'} \"${N:-'x y'}\" ${N:-\"x $A\"}", ["x y", "x y", "x 1"]),
        ("${N:-'a}b'}", ["a}b"]),
    ])
    func `words are a shell's`(text: String, words: [String]) throws {
        let lexer = Words(escape: "\\") { ["A": "1", "E": ""][$0] }
        #expect(try lexer.split(text) == words)
    }

    @Test(arguments: [
        ("${P#*/}", "b/c.tar.gz"), ("${P##*/}", "c.tar.gz"), ("${P%.*}", "a/b/c.tar"), ("${P%%.*}", "a/b/c"),
        ("${P/a/x}", "x/b/c.tar.gz"), ("${P//a/x}", "x/b/c.txr.gz"), ("${P//\\//-}", "a-b-c.tar.gz"),
        ("${P/b}", "a//c.tar.gz"), ("${P//[a]/x}", "a/b/c.tar.gz"), ("${P#nothing}", "a/b/c.tar.gz"),
        ("${P#$A/}", "b/c.tar.gz"), ("${P/?.tar/$A}", "a/b/a.gz"), ("${N#x}", ""), ("${V#v}", "1.2"),
        ("\"${V#v}\"", "1.2"), ("${S#\\*}", "*"), ("${S##*}", ""), ("${V/./${A}}", "v1a2"),
        ("${P%'.gz'} ${P%\".$G\"}", "a/b/c.tar a/b/c.tar"), ("${S#'*'}${P#'*'}", "*a/b/c.tar.gz"),
        ("${B#\\[}${B%']'}", "x][x"), ("${P/'b/c'/\"x y\"}", "a/x y.tar.gz"),
    ])
    func `a variable loses a beginning or an end, or has a part exchanged`(text: String, value: String) throws {
        let lexer = Words(escape: "\\") {
            ["P": "a/b/c.tar.gz", "A": "a", "V": "v1.2", "S": "**", "G": "gz", "B": "[x]"][$0]
        }
        #expect(try lexer.expand(text) == value)
    }

    @Test func `in a heredoc a quote is a letter as any`() throws {
        let lexer = Words(escape: "\\") { ["A": "'1'"][$0] }
        #expect(try lexer.replace("'$A' ${N:-\"a b\"} it's ${A#'} ${N:-'}\n") == "''1'' \"a b\" it's 1' '\n")
    }

    @Test(.timeLimit(.minutes(1)))
    func `a part of a long value is exchanged without looking at all lengths of it`() throws {
        let value = String(repeating: "ab", count: 20_000)
        let lexer = Words(escape: "\\") { _ in value }
        #expect(try lexer.expand("${A//ba/-}") == "a" + String(repeating: "-", count: 19_999) + "b")
    }

    @Test(arguments: ["${A#x", "${A/x", "${A/x/y", "${A%%", "'a", "\"a", "${A", "${}", "${A*}", "${N:?gone}", "${N:-x"])
    func `words without an end are refused`(text: String) {
        #expect(throws: BuildError.self) { try Words(escape: "\\", variable: { _ in nil }).split(text) }
    }

    @Test func `instructions change how an image wants to be run`() throws {
        var process = ImageConfiguration.Process()
        process.env = ["PATH=/bin", "A=0"]
        process.cmd = ["old"]
        try [
            "ENV A=1 B=\"two words\"", "ENV C the rest", "LABEL a=b \"c d\"=e", "EXPOSE 80 53/udp",
            "VOLUME [\"/v\", \"/w\"]",
            "VOLUME /x /y", "USER 5:6", "WORKDIR /a", "WORKDIR b/../c", "STOPSIGNAL SIGQUIT",
            "ENTRYPOINT [\"/e\", \"x\"]",
            "CMD run this", "SHELL [\"/bin/bash\", \"-c\"]", "HEALTHCHECK --interval=1m30s --retries=2 CMD curl x",
            "ONBUILD RUN y",
        ].map { try ConfigurationStep(parsing: $0) }.apply(to: &process)
        #expect(process.env == ["PATH=/bin", "A=1", "B=two words", "C=the rest"])
        #expect(process.labels == ["a": "b", "c d": "e"])
        #expect(process.exposedPorts?.keys.sorted() == ["53/udp", "80/tcp"])
        #expect(process.volumes?.keys.sorted() == ["/v", "/w", "/x", "/y"])
        #expect(process.user == "5:6" && process.workingDir == "/a/c" && process.stopSignal == "SIGQUIT")
        #expect(process.entrypoint == ["/e", "x"] && process.cmd == ["/bin/sh", "-c", "run this"])
        #expect(
            process.healthcheck?.test == ["CMD-SHELL", "curl x"] && process.healthcheck?.interval == 90_000_000_000)
        #expect(process.onBuild == ["RUN y"] && process.shell == ["/bin/bash", "-c"])
        for bad in [
            "RUN x", "ENV A", "SHELL x", "ONBUILD FROM x", "HEALTHCHECK x", "HEALTHCHECK --interval=x CMD y",
            "HEALTHCHECK --bogus=1 CMD x", "HEALTHCHECK --bogus NONE", "STOPSIGNAL BOGUS", "STOPSIGNAL 65",
        ] {
            #expect(throws: BuildError.self, "\(bad)") { try ConfigurationStep(parsing: bad) }
        }
    }

    @Test(
        arguments: [
            (["ENTRYPOINT [\"e\"]"], nil), (["CMD [\"c\"]", "ENTRYPOINT [\"e\"]"], ["c"]),
            (["CMD [\"c\"]", "USER 1", "ENTRYPOINT [\"x\"]", "ENTRYPOINT [\"e\"]"], ["c"]),
            (["ENTRYPOINT [\"e\"]", "CMD [\"c\"]"], ["c"]),
        ] as [([String], [String]?)])
    func `an entry point drops the command of the image below, and none that was given with it`(
        _ lines: [String], _ command: [String]?
    ) throws {
        var process = ImageConfiguration.Process()
        process.cmd = ["old"]
        try lines.map { try ConfigurationStep(parsing: $0) }.apply(to: &process)
        #expect(process.entrypoint == ["e"] && process.cmd == command)
    }

    @Test func `what is ignored is the last rule's word`() {
        let list = IgnoreList("# c\n*.o\n/build\n**/tmp\n!keep.o\nsub/*/x\n\n!build/this\n")
        for (path, out) in [
            ("a.o", true), ("keep.o", false), ("sub/a.o", false), ("build", true), ("build/x/y", true),
            ("build/this", false), ("a/b/tmp", true), ("tmp/x", true), ("sub/1/x", true), ("sub/1/2/x", false),
            ("y", false),
        ] { #expect(list.leavesOut(path) == out, "\(path)") }
        #expect(list.hasExceptions && !IgnoreList("a").hasExceptions && !IgnoreList("").leavesOut("a"))
    }

    @Test func `all that is in a folder is ignored without the folder`() {
        let list = IgnoreList("a/**\n**/b/**\nc/**/d\n")
        for (path, out) in [
            ("a", false), ("a/x", true), ("a/x/y", true), ("b", false), ("x/b", false), ("x/b/y", true), ("c/d", true),
        ] { #expect(list.leavesOut(path) == out, "\(path)") }
        #expect(IgnoreList("**").leavesOut("a") && !IgnoreList("*\n!a/**").leavesOut("a/x"))
    }

    @Test(arguments: ["[a", "a/[]", "[a-]", "[^]", "!x[", "a\\", "[-a]"])
    func `a rule that is no pattern is refused by its line`(rule: String) {
        let reason = "line 3 of .dockerignore: “\(rule)” is no pattern: "
        do {
            _ = try IgnoreList("# [\nx[a-z]\n \(rule) \n", of: ".dockerignore")
            Issue.record("\(rule) was taken")
        } catch { #expect(error.reason.hasPrefix(reason), "\(error)") }
    }

    @Test(
        arguments: [
            ("755", 0o100644, 0o755), ("u=rwx,go=rx", 0o100600, 0o755), ("+x", 0o100644, 0o755),
            ("a-w", 0o100664, 0o444),
            ("go=", 0o104755, 0o4700), ("u+s,o-rx", 0o100755, 0o4750), ("a+X", 0o100644, 0o644),
            ("a+X", 0o040700, 0o711),
            ("g=u", 0o100640, 0o660), ("u=rw,g=r", 0o104777, 0o647), ("+t", 0o040755, 0o1755),
            ("u+x-w", 0o100644, 0o544),
        ] as [(String, mode_t, mode_t)])
    func `modes are chmod's`(text: String, before: mode_t, after: mode_t) throws {
        #expect(try ModeChange(text).applied(to: before) == after)
    }

    @Test(arguments: ["", "789", "10000", "u", "u=q", "z=r", "u=rwx,", "rwx", "u=ug"])
    func `what is no mode is refused`(text: String) { #expect(throws: BuildError.self) { try ModeChange(text) } }

    @Test(arguments: [
        ("*", "abc", true), ("a*c", "abbc", true), ("a*c", "ab", false), ("?b", "ab", true), ("[a-c]x", "bx", true),
        ("[^a-c]x", "bx", false), ("\\*", "*", true), ("\\*", "a", false),
        ("a*b*c*d*e*f*g", "abcdefabcdefabcdef", false),
    ])
    func `patterns are Go's`(pattern: String, text: String, fits: Bool) {
        #expect(Glob.matches(text[...], pattern[...]) == fits)
    }
}
