import ArgumentParser
import Containers
import Images
import JSON
import Records
import Rendering

struct Info: Verb {
    static let configuration = CommandConfiguration.verb(
        "info", "Say what this host can do for containers, and what would enable the rest.",
        example: "boxtop info --format json")

    @Option(name: .joined("f", "format"), help: "table, json or a template such as '{{.Kernel}}'.")
    var format = "table"

    func run(in context: Context) throws -> Int32 {
        let format = try Format(format)
        let report = try context.containers().info()
        switch format {
        case .json: Stream.output.say(report.document.pretty)
        case .template(let template), .templateTable(let template):
            let docker = report.dockerDocument.with(try context.dockerCounts)
            Stream.output.say(try template.text(of: report.document, docker: docker))
        case .table:
            Stream.output.say(report.headline)
            try Stream.output.list(report.lines, ListStyle(headers: false))
            for line in report.lines {
                if let remedy = line.remedy { Stream.output.say("\(line.subject): \(remedy)") }
            }
        case .csv: try Stream.output.list(report.lines, ListStyle(format: .csv))
        }
        return 0
    }
}

extension HostReport.Line: Listable {
    package static var columns: [Column] {
        [Column("verdict", "VERDICT"), Column("subject", "SUBJECT"), Column("detail", "DETAIL"), Column("remedy")]
    }

    package var cells: [Cell] {
        [
            Cell(verdict.rawValue), Cell(subject), Cell(detail), Cell(remedy ?? "", .string(remedy)),
        ]
    }

    package var quiet: String { subject }
}

extension Context {
    /// How many containers and images there are, by docker's names.
    fileprivate var dockerCounts: [(key: String, value: JSONValue)] {
        get throws {
            let states = list(brief: true).map(\.state.status.word)
            let images = Set(try images.summaries { Stream.error.say("boxtop: \($0)") }.map(\.digest))
            let (paused, running) = (states.count { $0 == "paused" }, states.count { $0 == "running" })
            return [
                ("Containers", .integer(states.count)), ("ContainersRunning", .integer(running)),
                ("ContainersPaused", .integer(paused)),
                ("ContainersStopped", .integer(states.count - running - paused)), ("Images", .integer(images.count)),
            ]
        }
    }
}

extension HostReport {
    /// What templates find by docker's names.
    fileprivate var dockerDocument: JSONValue {
        .of([
            ("ServerVersion", .string(Version.number)), ("KernelVersion", .string(kernel)), ("NCPU", .integer(cores)),
            ("MemTotal", .integer(memory)), ("OSType", .string("linux")), ("DockerRootDir", .string(state)),
            ("Driver", .string("overlay2")), ("CgroupDriver", .string(cgroups == "no cgroups" ? "none" : "cgroupfs")),
            ("CgroupVersion", .string(cgroups == "cgroup v2" ? "2" : cgroups == "no cgroups" ? "" : "1")),
            ("SecurityOptions", .of(securityOptions)), ("OperatingSystem", .string(system)),
        ])
    }

    private var securityOptions: [String] {
        let words = ["seccomp": "name=seccomp,profile=builtin", "user namespaces": "name=userns"]
        return lines.compactMap { $0.verdict == .works ? words[$0.subject] : nil } + (isRoot ? [] : ["name=rootless"])
            + ["name=cgroupns"]
    }

    fileprivate var headline: String {
        "\(name): Linux \(kernel) on \(architecture), \(cores) \(cores == 1 ? "core" : "cores"), "
            + "\(Human.binary(memory)) of memory, \(cgroups)\nstate in \(state), run files in \(run)\n"
    }

    fileprivate var document: JSONValue {
        .of([
            ("name", .string(name)), ("kernel", .string(kernel)), ("architecture", .string(architecture)),
            ("cores", .integer(cores)), ("memory", .integer(memory)), ("cgroups", .string(cgroups)),
            ("root", .bool(isRoot)), ("state", .string(state)), ("run", .string(run)),
            ("abilities", .array(lines.map(\.object))),
        ])
    }
}
