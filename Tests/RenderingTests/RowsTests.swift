import Cgroups
import Linux
import Monitoring
import Records
import Rendering
import Testing

private let now = Timestamp(nanoseconds: 1_795_474_800_000_000_000)

private func ago(_ seconds: UInt64) -> Timestamp { Timestamp(nanoseconds: now.nanoseconds - seconds * 1_000_000_000) }

private let id = "3fa9c0d1e2f3" + String(repeating: "0", count: 52)

private func row(full: Bool = false) -> ContainerRow {
    var record = ContainerRecord(
        id: id, name: "web", created: ago(7200), image: "tools", rootfs: .directory("/"),
        command: ["bash", "-c", "while :; do echo one two three; done"])
    record.limits.memory = 512 << 20
    record.limits.cpus = 1.5
    record.labels = ["team": "web", "a": "b"]
    record.network = NetworkRequest(.bridges)
    record.network?.attachments = [NetworkAttachment("back")]
    record.volumes = [VolumeUse(name: "data", destination: "/srv", anonymous: false)]
    record.network?.ports = [PublishedPort(.tcp, hostPort: 8_080, port: 80)]
    let exit = Exit(code: 137, outOfMemory: true, at: ago(120), started: ago(3600))
    let state = ContainerState(status: .exited(exit), supervisor: nil, boot: "", written: now)
    return ContainerRow(record, state, now: now, full: full)
}

@Suite struct RowsTests {
    @Test func `ps shows what docker ps shows`() throws {
        let lines = try render([row()], ListStyle()).split(separator: "\n").map(String.init)
        let command = "\"bash -c while :; do ech…\""
        #expect(
            lines == [
                "CONTAINER ID   IMAGE   COMMAND                      CREATED       "
                    + "STATUS                                       PORTS                  NAMES",
                "3fa9c0d1e2f3   tools   \(command)   2 hours ago   Exited (137) 2 minutes ago (out of memory)   "
                    + "0.0.0.0:8080->80/tcp   web",
            ])
    }

    @Test func `no-trunc shows ids and commands whole`() throws {
        let text = try render([row(full: true)], ListStyle(headers: false))
        #expect(text.hasPrefix(id + "   tools   \"bash -c while :; do echo one two three; done\"   2 hours ago"))
        #expect(try render([row(full: true)], ListStyle(quiet: true)) == id + "\n")
    }

    @Test func `with sizes ps shows what each has written, and what it takes with its image`() throws {
        let sized = SizedContainerRow(row(), ContainerSize(written: 4_096, image: 3 << 20))
        let lines = try render([sized], ListStyle()).split(separator: "\n").map(String.init)
        #expect(lines.first?.hasSuffix("NAMES   SIZE") ?? false)
        #expect(lines.last?.hasSuffix("web     4KiB (virtual 3.004MiB)") ?? false)
        let json = try render([sized], ListStyle(format: .json))
        #expect(json.hasSuffix(#""mounts":["data"],"size":4096,"virtualSize":3149824}]"# + "\n"))
        #expect(try render([sized], ListStyle(format: Format("{{.Size}}"))) == "4KiB (virtual 3.004MiB)\n")
    }

    @Test func `the JSON of ps is what docs say`() throws {
        #expect(
            try render([row()], ListStyle(format: .json)) == """
                [{"id":"\(id)","image":"tools","command":["bash","-c","while :; do echo one two three; done"],\
                "created":"2026-11-23T21:00:00.000000000Z","status":"Exited (137) 2 minutes ago (out of memory)",\
                "ports":["0.0.0.0:8080->80/tcp"],"name":"web","state":"exited","health":null,"pid":null,"startedAt":"2026-11-23T22:00:00.000000000Z",\
                "finishedAt":"2026-11-23T22:58:00.000000000Z","exitCode":137,"outOfMemory":true,"restarts":0,\
                "restartPolicy":"no","limits":{"cpus":1.5,"cpuWeight":null,"cores":null,"memory":536870912,\
                "swap":null,"processes":null,"devices":[],\
                "networkReceived":null,"networkSent":null},"labels":{"a":"b","team":"web"},\
                "networks":["back"],"mounts":["data"]}]

                """)
    }

    @Test(
        arguments: [
            ("{{.ID}} {{.Names}} {{.RunningFor}}", "3fa9c0d1e2f3 web 2 hours ago\n"),
            ("{{.Limits.Memory}} {{json .Limits.Cpus}}", "536870912 1.5\n"), ("{{.Labels}}", "a=b,team=web\n"),
            ("{{.CreatedAt}} {{.Networks}} {{.Mounts}}", "2026-11-23T21:00:00.000000000Z back data\n"),
            ("{{.Label \"team\"}}{{.Label \"none\"}}", "web\n"),
            ("{{index .Labels \"team\"}}", "web\n"),
        ])
    func `docker's templates work on ps`(template: String, line: String) throws {
        #expect(try render([row()], ListStyle(format: Format(template))) == line)
    }

    private func snapshot(_ change: (inout ContainerReading) -> Void = { _ in }) -> Snapshot {
        var host = HostReading(name: "host", cores: 8, hierarchy: "cgroup v2")
        host.memory = 32 << 30
        let running = Running(process: ProcessIdentity(pid: 12, startTime: 1), started: ago(60))
        var reading = ContainerReading(
            id: id, name: "web \"1\"", image: "tools", command: ["bash"], created: ago(60), status: .running(running))
        change(&reading)
        return Snapshot(
            time: MonotonicTime(nanoseconds: 1), clock: now, host: host, containers: [reading], cost: 0.001)
    }

    private func gauges(_ snapshot: Snapshot) -> [GaugeRow] {
        snapshot.containers.map { GaugeRow($0, in: snapshot) }
    }

    @Test func `an absent gauge is a dash in a table and null in JSON`() throws {
        let rows = gauges(snapshot())
        #expect(
            try render(rows, ListStyle(headers: false))
                == "3fa9c0d1e2f3   web \"1\"   Up About a minute   –   –   –   –   –   –   –\n")
        let template = try Format("{{json .CPUPerc}} {{json .Memory}} {{.State}}")
        #expect(try render(rows, ListStyle(format: template)) == "null null running\n")
    }

    @Test func `gauges are shown beside their limits`() throws {
        let snapshot = snapshot {
            $0.cpu = 0.5
            $0.usage.memory = 130 << 20
            $0.usage.inactiveFile = 2 << 20
            $0.limits.memory = 512 << 20
            $0.usage.processes = 3
            $0.limits.processes = 64
            $0.received = 1_200_000
            $0.sent = 0
            $0.diskRead = 12
            $0.diskWritten = 4096
        }
        #expect(
            try render(gauges(snapshot), ListStyle(headers: false))
                == "3fa9c0d1e2f3   web \"1\"   Up About a minute   50.00%   –   128MiB / 512MiB   25.00%   3 / 64   "
                + "1.2MB/s / 0B/s   12B/s / 4.1kB/s\n")
    }

    @Test func `Prometheus has a help, a type and a sample with escaped labels`() {
        let text = Prometheus.text(
            of: snapshot {
                $0.usage.cpu = 1_500_000_000
                $0.usage.processes = 3
            })
        #expect(
            text.contains(
                """
                # HELP boxtop_container_cpu_seconds_total CPU time used.
                # TYPE boxtop_container_cpu_seconds_total counter
                boxtop_container_cpu_seconds_total{id="\(id)",name="web \\"1\\"",image="tools"} 1.5

                """))
        #expect(text.contains("boxtop_container_processes{id=\"\(id)\",name=\"web \\\"1\\\"\",image=\"tools\"} 3\n"))
        #expect(!text.contains("memory_bytes"))
    }

    @Test func `a batch has the machine above its table and beside its containers in JSON`() throws {
        let table = try render(snapshot(), .list(.table), headers: true)
        #expect(
            table.hasPrefix(
                "host · 8 cores 32GiB · cgroup v2 · 1 container, 1 running · 2026-11-23T23:00:00Z\nCONTAINER ID "))
        let json = try render(snapshot(), GaugeFormat("json"), headers: false)
        #expect(
            json.hasPrefix(
                #"{"time":"2026-11-23T23:00:00.000000000Z","host":{"name":"host","cores":8,"hierarchy":"cgroup v2","#
                    + #""cpuPercent":null,"memory":34359738368,"memoryInUse":null,"#))
        #expect(json.hasSuffix("}]}\n"))
    }

    @Test func `a format of gauges that is none says what there is`() {
        let sentence = "“yaml” is no format: table, json, csv, prometheus or a template such as '{{.Name}}'"
        #expect(throws: TemplateError(sentence)) { try GaugeFormat("yaml") }
    }

    @Test func `an event is one line`() {
        let event = Event(
            time: now, container: id, name: "web", kind: .exited, detail: "exited 137, out of memory")
        #expect(
            EventRow(event).line
                == "2026-11-23T23:00:00.000000000Z web (3fa9c0d1e2f3) exited: exited 137, out of memory")
    }

    @Test func `processes are indented by their depth`() throws {
        let rows = [(0, "bash"), (1, "sleep 9")].map { depth, command in
            ProcessRow(
                ProcessReading(
                    pid: Int32(depth + 1), hostPid: Int32(depth + 101), startTime: 1, depth: depth, command: command,
                    user: 0, cpu: nil, memory: 1 << 20, state: "S"))
        }
        #expect(
            try render(rows, ListStyle()) == """
                PID   HOST PID   UID   S   CPU %    RSS   COMMAND
                  1        101     0   S       –   1MiB   bash
                  2        102     0   S       –   1MiB     sleep 9

                """)
    }
}
