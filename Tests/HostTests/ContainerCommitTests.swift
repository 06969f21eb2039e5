import JSON
import Linux
import OCI
import Records
import Testing

/// What an image that is made of a container says about how it is run.
@Suite(.serialized, .enabled(if: CommandLinePlace.obstacle == nil, "real containers: needs root and busybox"))
struct ContainerCommitTests {
    private let place: CommandLinePlace

    init() throws {
        place = try CommandLinePlace()
        place.environment.append("SOURCE_DATE_EPOCH=1700000000")
        let changes = [
            "ENV A=0 Z=1", "LABEL x=y", "EXPOSE 80", "HEALTHCHECK --interval=1h --retries=9 CMD true", "CMD [\"old\"]",
            "WORKDIR /bin",
        ]
        let made = place.run(["image", "import", "-q"] + changes.flatMap { ["-c", $0] } + [place.rootfs, "base"])
        try #require(made.code == 0, "\(made.error)")
    }

    private func configuration(_ image: String) throws -> ImageConfiguration.Process {
        let text = place.run("image", "inspect", "-f", "{{json .Config}}", image).output
        return try JSON.decode(ImageConfiguration.Process.self, from: Array(text.utf8))
    }

    private func commit(_ options: [String], _ container: String, _ image: String) throws -> String {
        let made = place.run(["commit", "-q"] + options + [container, image])
        try #require(made.code == 0, "\(made.error)")
        return made.output
    }

    @Test func `it is run as the container was, without what boxtop adds, and changes come on top`() throws {
        let given = [
            "-t", "-e", "A=b", "-e", "NEW=1 2", "-e", "HOME", "-w", "/tmp/", "-u", "5:6", "-l", "k=v", "--expose",
            "8000-8001", "--expose", "53/udp", "--stop-signal", "INT", "--health-interval", "5s",
        ]
        let made = place.run(["create", "--name", "c"] + given + ["--entrypoint", "sleep", "base", "400"])
        try #require(made.code == 0, "\(made.error)")
        var expected = try configuration("base")
        let variables = try #require(expected.env).filter { !["A=0", "Z=1"].contains($0) }
        expected.env = variables + ["A=b", "Z=1", "NEW=1 2", "HOME=\(place.folder)/home"]
        (expected.entrypoint, expected.cmd) = (["sleep"], ["400"])
        (expected.user, expected.workingDir, expected.stopSignal) = ("5:6", "/tmp", "SIGINT")
        expected.labels = ["x": "y", "k": "v"]
        for port in ["8000/tcp", "8001/tcp", "53/udp"] { expected.exposedPorts?[port] = .init() }
        expected.healthcheck?.interval = 5_000_000_000
        _ = try commit([], "c", "kept")
        #expect(try configuration("kept") == expected)
        let changes = ["ENV A=c", "USER 7", "CMD [\"1\"]", "ENTRYPOINT [\"id\"]"]
        _ = try commit(changes.flatMap { ["-c", $0] }, "c", "changed")
        expected.env?[variables.count] = "A=c"
        (expected.user, expected.entrypoint, expected.cmd) = ("7", ["id"], ["1"])
        #expect(try configuration("changed") == expected)
        _ = try commit(["-c", "ENTRYPOINT [\"id\"]"], "c", "entered")
        #expect(try configuration("entered").cmd == nil)
    }

    @Test func `a check that was given or left out is the image's, and so are a command alone and ports`() throws {
        let check = ["--health-cmd", "exit 0", "--health-retries", "2"]
        for (name, options) in [("checked", check), ("unchecked", ["--no-healthcheck", "--entrypoint", ""])] {
            place.run(["create", "--name", name] + options + ["base", "sleep", "1"])
        }
        _ = try commit([], "checked", "checked")
        _ = try commit([], "unchecked", "unchecked")
        var expected = try configuration("base")
        expected.cmd = ["sleep", "1"]
        // As docker has it, what is not given stays the image's.
        expected.healthcheck?.test = ["NONE"]
        #expect(try configuration("unchecked") == expected)
        expected.healthcheck?.test = ["CMD-SHELL", "exit 0"]
        expected.healthcheck?.retries = 2
        #expect(try configuration("checked") == expected)
    }

    @Test func `of a container that was given nothing, or is of an older version, the image's own is kept`() throws {
        for (name, options) in [("bare", []), ("older", ["-e", "A=b"])] {
            let made = place.run(["create", "--name", name] + options + ["base"])
            try #require(made.code == 0, "\(made.error)")
            let files = StateFiles(place.layout)
            var record = try files.record(of: String(made.output.dropLast()))
            #expect((record.asked == nil) == options.isEmpty)
            record.asked = nil
            try files.write(record)
        }
        #expect(try commit([], "bare", "one") == commit([], "older", "two"))
        #expect(try configuration("one") == configuration("base"))
    }
}
