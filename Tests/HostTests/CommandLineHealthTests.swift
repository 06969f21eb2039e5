import Glibc
import JSON
import Linux
import Records
import Testing

@Suite(.serialized, .enabled(if: CommandLinePlace.obstacle == nil, "real containers: needs root and busybox"))
struct CommandLineHealthTests {
    private let place: CommandLinePlace

    init() throws { place = try CommandLinePlace() }

    @Test func `no retries are the usual three, and checks may come faster while it starts up`() throws {
        let made = place.run(
            "create", "--rootfs", place.rootfs, "--health-cmd", "true", "--health-retries", "0",
            "--health-start-period", "20s", "--health-start-interval", "500ms", "sleep", "9")
        let id = String(made.output.dropLast())
        let check = try #require(try StateFiles(place.layout).record(of: id).health)
        #expect(check.retries == 3 && check.startPeriod == 20 && check.startInterval == 0.5)
        let alone = place.run("create", "--rootfs", place.rootfs, "--health-start-interval", "1s", "true")
        #expect(alone.code == 125 && alone.error.contains("add --health-cmd"))
    }

    @Test func `times without a command are for the image's own check`() throws {
        for (name, check) in [("checked", "--interval=7s --timeout=8s --retries=9 CMD true"), ("none", "NONE")] {
            let made = place.run("image", "import", "-q", "-c", "HEALTHCHECK \(check)", place.rootfs, name)
            try #require(made.code == 0, "\(made.error)")
        }
        let times = ["--health-interval", "50ms", "--health-timeout", "0", "--health-start-period", "2s"]
        let made = place.run(["create"] + times + ["checked", "sleep", "9"])
        var expected = HealthCheck(command: ["/bin/sh", "-c", "true"])
        (expected.interval, expected.timeout, expected.retries, expected.startPeriod) = (0.05, 8, 9, 2)
        #expect(try StateFiles(place.layout).record(of: String(made.output.dropLast())).health == expected)
        let refused = place.run("create", "--name", "c", "--health-retries", "2", "none", "true")
        #expect(refused.code == 125 && refused.error.contains("none has none: add --health-cmd"), "\(refused.error)")
        #expect(!place.run("ps", "-a").output.contains("none"))
    }

    @Test func `a time that no image could have is refused, and the longest is shown`() throws {
        for flag in ["interval", "timeout", "start-period", "start-interval"] {
            let words = [
                "create", "--rootfs", place.rootfs, "--health-cmd", "true", "--health-\(flag)", "9223372037s", "true",
            ]
            let refused = place.run(words)
            #expect(refused.code == 125 && refused.error.hasSuffix("is too long: 2500000h at most\n"), "\(refused)")
        }
        let times = ["--health-timeout", "2500000h"]
        let made = place.run(
            ["create", "--name", "long", "--rootfs", place.rootfs, "--health-cmd", "true"] + times + ["true"])
        #expect(made.code == 0, "\(made.error)")
        // As an image could bring along.
        let path = place.layout.record(String(made.output.dropLast()))
        let record = try #require(Files.text(path))
        #expect(record.contains("9000000000.0"))
        let longer = record.split(separator: "9000000000.0").joined(separator: "9223372036.854776")
        try Files.replace(path, with: longer.utf8)
        let shown = place.run("inspect", "-f", "{{.Config.Healthcheck.Timeout}}", "long")
        #expect(shown.output == "9000000000000000000\n", "\(shown)")
    }

    @Test func `inspect has the health checks by docker's names and by its own`() throws {
        let options = ["--health-cmd", "echo no; exit 4", "--health-interval", "50ms", "--health-retries", "2"]
        let made = place.run(["run", "-d", "--name", "ill", "--rootfs", place.rootfs] + options + ["sleep", "99"])
        #expect(made.code == 0)
        var state = ""
        for _ in 0..<200 where state != "unhealthy\n" {
            state = place.run("inspect", "-f", "{{.State.Health.Status}}", "ill").output
        }
        #expect(state == "unhealthy\n")
        let template = "{{range .State.Health.Log}}{{.ExitCode}} {{.Output}}{{end}}{{gt .State.Health.FailingStreak 1}}"
        let log = place.run("inspect", "-f", template, "ill").output
        #expect(log.hasPrefix("4 no\n4 no\n") && log.hasSuffix("true\n"))
        let own = place.run("inspect", "ill").output
        for text in ["\"healthChecks\"", "\"exitCode\": 4", "\"failingStreak\""] { #expect(own.contains(text)) }
        #expect(place.run("events", "--no-follow", "--filter", "event=health_status").output.contains("exit code 4"))
        for (status, count) in [("unhealthy", 1), ("healthy", 0)] {
            let filter = ["--no-follow", "--filter", "event=health_status: \(status)"]
            #expect(
                place.run(["events", "--format", "{{.Action}}"] + filter).output
                    == String(repeating: "health_status: \(status)\n", count: count))
        }
    }

    @Test func `a list notices an end that nobody has seen, and dates it`() throws {
        let made = place.container("-d", "--name", "lost", "sleep", "99")
        let id = String(made.output.dropLast())
        let files = StateFiles(place.layout)
        let state = try #require(files.written(for: id))
        let (supervisor, process) = (try #require(state.supervisor), try #require(state.status.running).process)
        for victim in [supervisor, process] { kill(victim.pid, SIGKILL) }
        while supervisor.isAlive || process.isAlive { usleep(1_000) }
        let before = Timestamp.now
        #expect(place.run("ps", "-a").output.contains("Exited (255)"))
        guard case .exited(let exit)? = files.written(for: id)?.status else {
            Issue.record("nothing is written")
            return
        }
        #expect(exit.at > before && exit.started != exit.at)
        let events = place.run("events", "--no-follow", "--filter", "event=die").output
        #expect(events.contains("exited 255, it ended after its supervisor had been killed"))
    }
}
