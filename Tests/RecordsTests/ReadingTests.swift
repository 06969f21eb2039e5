import Cgroups
import JSON
import Linux
import OCI
import Records
import TestSupport
import Testing

/// Records and states are read by hand: what is read is what was written, whatever is in it.
@Suite struct ReadingTests {
    private let folder: TemporaryFolder
    private let files: StateFiles

    init() throws {
        folder = try TemporaryFolder()
        files = StateFiles(
            Layout(state: "\(folder.path)/state", run: "\(folder.path)/run", cgroupParent: "/boxtop-test"),
            boot: "today")
        try Files.makeDirectories(files.layout.container("c0ffee"))
        try Files.makeDirectories(files.layout.runtime("c0ffee"))
    }

    private static let plain = ContainerRecord(
        id: "c0ffee", name: "web", created: Timestamp(nanoseconds: 1_700_000_000_123_456_789), image: "tools:7",
        rootfs: .layers(["/a", "/b"], upper: "/u", work: "/w"), command: ["sh", "-c", "echo “ä”\n"])

    private static var full: ContainerRecord {
        var record = plain
        record.imageDigest = "sha256:00"
        record.limits.processes = 4_096
        record.limits.memory = 1 << 30
        record.limits.swap = 0
        record.limits.cpus = 0.1
        record.restart = .onFailure(retries: 3)
        (record.stoppedByUser, record.stopSignal, record.stopTimeout) = (true, 9, -1)
        (record.autoRemove, record.terminal, record.openInput, record.initProcess) = (true, true, true, true)
        record.labels = ["a": "1", "b": ""]
        record.log.maximumSize = 5
        record.log.files = 9
        record.volumes = [VolumeUse(name: "data", destination: "/data", anonymous: true)]
        record.ids = IDRange(first: 0x7000_0000, count: 65_536)
        record.privileged = true
        record.optOuts = []
        record.entryPointCount = 1
        record.health = HealthCheck(command: ["true"])
        record.network = NetworkRequest(.none)
        record.processesOf = "abc"
        var asked = ImageConfiguration.Process()
        (asked.user, asked.exposedPorts, asked.stopSignal) = ("5:6", ["80/tcp": .init()], "SIGINT")
        asked.healthcheck = .init()
        asked.healthcheck?.interval = 5
        record.asked = asked
        record.builder = process
        return record
    }

    private static var rare: ContainerRecord {
        var record = full
        record.rootfs = .directory("/srv/root")
        record.limits.cores = "0-1"
        record.limits.devices = [DeviceRate(major: 8, minor: 0)]
        record.restart = .unlessStopped
        record.optOuts = ["seccomp"]
        record.network = NetworkRequest(.container("abc"))
        record.network?.ports = [PublishedPort(.udp, address: "::1", hostPort: 53, port: 53)]
        return record
    }

    private static var networked: ContainerRecord {
        var record = plain
        record.entryPointCount = 2
        record.processesOf = "def"
        var request = NetworkRequest(.bridges)
        var back = NetworkAttachment("back")
        (back.aliases, back.address4, back.address6) = (["db", "\"q\""], "10.9.0.7", "fd00::7")
        back.mac = "02:42:ac:11:00:02"
        request.attachments = [NetworkAttachment("boxtop"), back]
        request.ports = [
            PublishedPort(.tcp, hostPort: 8_080, port: 80, count: 3),
            PublishedPort(.udp, address: "127.0.0.1", hostPort: 53, port: 53),
        ]
        request.ports[1].chosen = PortChoice(first: 50, count: 9)
        record.network = request
        var asked = ImageConfiguration.Process()
        (asked.user, asked.env, asked.entrypoint) = ("nobody", ["A=b", "\"C\"=ä"], [])
        (asked.cmd, asked.workingDir, asked.labels) = (["sh", ""], "/srv", ["b": "", "a": "\"1\""])
        record.asked = asked
        record.builder = ProcessIdentity(pid: 8, startTime: 0)
        return record
    }

    @Test func `the state of networks is written as Codable would`() throws {
        var interface = NetworkInterface(
            network: "back", name: "eth0", hostName: "bx0", mac: "02:00:00:00:00:01", address4: "10.9.0.7", prefix4: 24)
        let plain = NetworkState(interfaces: [interface])
        #expect(try plain.text == JSON.encode(plain))
        (interface.gateway4, interface.address6) = ("10.9.0.1", "fd00::7")
        (interface.prefix6, interface.gateway6) = (64, "fd00::1")
        let full = NetworkState(interfaces: [interface, interface], ports: Self.networked.network?.ports ?? [])
        #expect(try full.text == JSON.encode(full))
        for state in [plain, full] {
            try Files.replace(files.layout.networkState("c0ffee"), with: state.text)
            #expect(files.network(of: "c0ffee") == state)
        }
    }

    @Test(arguments: [plain, full, rare, networked])
    func `a record that is read is the one that was written`(record: ContainerRecord) throws {
        try files.write(record)
        #expect(try files.record(of: "c0ffee") == record)
        // By Codable it is the same, read and written.
        #expect(try record.text() == JSON.encode(record))
        #expect(try JSON.decode(ContainerRecord.self, from: Files.read(files.layout.record("c0ffee"))) == record)
        let summary = try files.summary(of: "c0ffee")
        #expect(summary.name == record.name && summary.created == record.created && summary.command == record.command)
        #expect(summary.ports == record.network?.ports ?? [])
    }

    @Test(arguments: [full, rare, networked])
    func `whatever stands in a value's place, what Codable reads is read so by hand`(record: ContainerRecord) throws {
        for text in distortions(of: String(decoding: try record.text(), as: UTF8.self)) {
            let bytes = Array(text.utf8)
            try Files.makeDirectories(files.layout.container("c0ffee"))
            try Files.replace(files.layout.record("c0ffee"), with: bytes, durable: false)
            let (byHand, decoded) = (
                try? files.record(of: "c0ffee"), try? JSON.decode(ContainerRecord.self, from: bytes)
            )
            // Of another id it is another container's, which is no matter of reading.
            if let decoded { #expect(byHand == (decoded.id == "c0ffee" ? decoded : nil), "\(text)") }
        }
    }

    @Test(arguments: [
        ("web", ["sh", "-c", "a, \"b\" \\ {c} [d]: e\n"]), ("ä“\u{1F600}”", []), ("", [""]),
        ("x\t\u{7f}", ["]}", ",", ":"]),
    ])
    func `a summary is what the record says, whatever characters are in it`(name: String, command: [String]) throws {
        for record in [Self.plain, Self.full, Self.rare, Self.networked] {
            var record = record
            (record.name, record.command, record.labels["name"]) = (name, command, "\"name\":\"other\"")
            try files.write(record)
            let summary = try files.summary(of: "c0ffee")
            #expect(summary.name == name && summary.command == command && summary.image == record.image)
            #expect(summary.id == record.id && summary.created == record.created)
            #expect(summary.ports == record.network?.ports ?? [])
        }
    }

    @Test func `a record that is cut short anywhere has no summary`() throws {
        let text = try Self.full.text()
        let path = files.layout.record("c0ffee")
        for length in stride(from: 0, to: text.count, by: 7) {
            try Files.replace(path, with: text.prefix(length), durable: false)
            #expect(throws: RecordError.self) { try files.summary(of: "c0ffee") }
        }
        for text in ["[]", "{}", "{\"id\":\"x\"}", "{\"id\":5,\"name\":\"x\"}", "{\"id\"}", "null", "{\"a\":[}"] {
            try Files.replace(path, with: text.utf8, durable: false)
            #expect(throws: RecordError.self) { try files.summary(of: "c0ffee") }
        }
    }

    private static let process = ProcessIdentity(pid: 7, startTime: .max)
    private static let exit = Exit(
        code: 137, outOfMemory: true, at: Timestamp(nanoseconds: 9), started: Timestamp(nanoseconds: 8), reason: "so")

    @Test(
        arguments: [
            .created, .running(Running(process: process, started: Timestamp(nanoseconds: 3))),
            .paused(Running(process: process, started: Timestamp(nanoseconds: 3))), .exited(exit),
            .exited(Exit(code: 0, at: Timestamp(nanoseconds: 9))), .removing,
            .restarting(at: Timestamp(nanoseconds: 4), attempt: 2, last: exit),
        ] as [Status])
    func `a state that is read is the one that was written`(status: Status) throws {
        for (health, supervisor) in [(nil, nil), (.unhealthy, Self.process)] as [(Health?, ProcessIdentity?)] {
            var state = ContainerState(
                status: status, supervisor: supervisor, boot: "today", written: Timestamp(nanoseconds: 5))
            (state.health, state.restarts) = (health, 3)
            try files.write(live: state, of: "c0ffee")
            #expect(files.written(for: "c0ffee") == state)
            #expect(try Files.read(files.layout.liveState("c0ffee")) == JSON.encode(state) + [UInt8(ascii: "\n")])
        }
    }

    @Test func `the report of a start, or of an end, that is read is the one that was written`() throws {
        let reports: [StartReport] = [
            .started(Running(process: Self.process, started: Timestamp(nanoseconds: 3))),
            .failed(code: 127, reason: "no such program"),
        ]
        for report in reports {
            #expect(try StartReport.read(report.text) == report)
            #expect(try report.text == JSON.encode(report))
        }
        #expect(try Self.exit.text == JSON.encode(Self.exit))
    }

    @Test(arguments: [
        (#""name":"web""#, #""name":5"#, "name"), (#""first":1879048192"#, #""first":-1"#, "ids.first"),
        (#""terminal":true,"#, "", "terminal"), (#""created":"2023-"#, #""created":"x023-"#, "time"),
    ])
    func `a record that is not one says which field`(text: String, wrong: String, field: String) throws {
        try files.write(Self.full)
        let path = files.layout.record("c0ffee")
        let bytes = try #require(Files.text(path)).replacing(text, with: wrong)
        #expect(bytes != Files.text(path))
        try Files.replace(path, with: bytes.utf8)
        let error = #expect(throws: RecordError.self) { try files.record(of: "c0ffee") }
        #expect(error?.description.contains(field) ?? false)
    }
}
