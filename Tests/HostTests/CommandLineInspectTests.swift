import Linux
import Testing

/// What `inspect` and templates find, by this program's names and by docker's.
@Suite(
    .serialized,
    .enabled(if: CommandLinePlace.obstacle == nil, Comment(rawValue: CommandLinePlace.obstacle ?? "")))
struct CommandLineInspectTests {
    private let place: CommandLinePlace

    init() throws { place = try CommandLinePlace() }

    private func create(_ words: String...) -> CommandLinePlace.Ended {
        place.run(["create"] + words + ["--rootfs", place.rootfs, "true"])
    }

    @Test func `inspect finds an image where no container has the name, and shows what is asked for`() {
        #expect(place.run("image", "import", "-q", place.rootfs, "base").code == 0)
        #expect(place.run("inspect", "-f", "{{.Os}}", "base").output == "linux\n")
        #expect(create("--name", "base").code == 0)
        #expect(place.run("inspect", "-f", "{{.Name}} {{.name}}", "base").output == "/base base\n")
        #expect(place.run("inspect", "--type", "image", "-f", "{{.Os}}", "base").output == "linux\n")
        #expect(place.run("inspect", "--type", "container", "nothing").code == 1)
        #expect(place.run("volume", "create", "data").code == 0 && place.run("volume", "create", "base").code == 0)
        #expect(place.run("inspect", "-f", "{{.Mountpoint}}", "data").output.hasSuffix("/volumes/data/_data\n"))
        #expect(place.run("inspect", "--type=volume", "-f", "{{.Driver}}", "base").output == "local\n")
        #expect(place.run("inspect", "--type", "network", "base").code == 1)
        #expect(
            place.run("inspect", "nothing").error.hasPrefix(
                "boxtop: there is no container, image, volume or network “nothing”: "))
        #expect(place.run("images", "-a", "-q").output == place.run("images", "-q").output)
        #expect(place.run("history", "-q", "base").output.utf8.count > 12)
        #expect(place.run("volume", "create", "-d", "local", "v").output == "v\n")
        #expect(place.run("volume", "create", "-d", "nfs", "w").code == 64)
        #expect(place.run("network", "create", "-d", "overlay", "w").code == 64)
    }

    @Test func `inspect finds what docker calls by other names, and refuses what nothing has`() {
        #expect(place.run("image", "import", "-q", place.rootfs, "base").code == 0)
        let made = place.run(
            "create", "--name", "c", "-m", "64m", "--cpus", "1.5", "--restart", "on-failure:3", "-l", "a=1", "-h",
            "box", "-w", "/tmp", "base", "true")
        #expect(made.code == 0, "\(made)")
        for (template, text) in [
            ("{{.State.OOMKilled}} {{.State.Paused}} {{.State.Restarting}} {{.State.Dead}}", "false false false false"),
            ("{{.State.ExitCode}} {{.State.Pid}} {{.RestartCount}} [{{.State.Health.Status}}]", "0 0 0 []"),
            ("{{.Config.Image}} {{.Config.Cmd}} {{.Config.Hostname}} {{.Config.WorkingDir}}", "base [true] box /tmp"),
            ("{{index .Config.Labels \"a\"}}{{index .Config.Labels \"b\"}}{{.Config.Labels.c}}", "1"),
            ("{{.HostConfig.Memory}} {{.HostConfig.NanoCpus}}", "67108864 1500000000"),
            ("{{.HostConfig.RestartPolicy.Name}} {{.HostConfig.RestartPolicy.MaximumRetryCount}}", "on-failure 3"),
            ("[{{.NetworkSettings.IPAddress}}]{{range $n, $_ := .NetworkSettings.Networks}}{{$n}}{{end}}", "[]none"),
            (
                "{{.Path}} {{.Config.StopSignal}} {{.Config.StopTimeout}} [{{.Config.Healthcheck}}]",
                "true SIGTERM 10 []"
            ),
            ("{{.image}} {{.Config.Image}} {{eq .Image .ImageDigest}}", "base base true"),
        ] {
            let shown = place.run("inspect", "-f", template, "c")
            #expect(shown.output == "\(text)\n", "\(template): \(shown)")
        }
        let refused = place.run("inspect", "-f", "{{.State.Typo}}", "c")
        #expect(
            refused.code == 1 && refused.output == "" && refused.error.contains(".State has status, "), "\(refused)")
        #expect(place.run("inspect", "-f", "{{.Config.Labels.a}}{{.Config.Entrypoint}}", "base").output == "\n")
        #expect(place.run("inspect", "-f", "{{.Config.Typo}}", "base").code == 1)
    }

    @Test func `what inspect prints has docker's keys behind its own`() throws {
        #expect(create("--name", "c", "--pid", "host").code == 0)
        let found = place.shell(
            """
            \(CommandLinePlace.program) inspect c | python3 -c 'import json, sys; d = json.load(sys.stdin)[0]
            print(d["name"], d["Name"], d["Id"] == d["id"], d["State"]["Running"], d["HostConfig"]["PidMode"])'
            """)
        #expect(found.output == "c /c True False host\n", "\(found)")
    }

    /// Each template prints its text, the newline at its end left out.
    private func expect(_ verb: [String], _ name: String?, _ templates: [(String, String)]) {
        for (template, text) in templates {
            let shown = place.run(verb + ["-f", template] + (name.map { [$0] } ?? []))
            #expect(shown.output == "\(text)\n" && shown.code == 0, "\(template): \(shown)")
        }
    }

    @Test func `inspect goes through mounts, environment and command as docker does`() throws {
        try Files.makeDirectories("\(place.folder)/shared")
        let made = create(
            "--name", "c", "-v", "data:/data", "-v", "\(place.folder)/shared:/shared:ro", "-v", "/own", "--tmpfs",
            "/memory", "-e", "A=1", "-e", "B=2", "--entrypoint", "/bin/sh")
        #expect(made.code == 0, "\(made)")
        let data = place.run("volume", "inspect", "-f", "{{.Mountpoint}}", "data").output.dropLast()
        expect(
            ["inspect"], "c",
            [
                (
                    #"{{range .Mounts}}{{if ne .Type "tmpfs"}}{{println .Type .Destination .RW .Mode}}{{end}}{{end}}"#,
                    "volume /data true \nbind /shared false ro\nvolume /own true \n"
                ), ("{{range .Mounts}}{{.Destination}} {{end}}", "/data /shared /own /memory "),
                ("{{(index .Mounts 0).Name}} {{(index .Mounts 0).Source}}", "data \(data)"),
                (#"{{join .HostConfig.Binds ","}}"#, "data:/data,\(place.folder)/shared:/shared:ro"),
                (#"{{range .Config.Env}}{{if eq . "A=1" "B=2"}}{{println .}}{{end}}{{end}}"#, "A=1\nB=2\n"),
                ("{{json .Config.Entrypoint}}{{json .Config.Cmd}}{{.Path}}", #"["/bin/sh"]["true"]/bin/sh"#),
                (#"{{.name | printf "%-4s"}}|{{if .State.Running}}up{{else}}down{{end}}"#, "c   |down"),
                ("{{.State.Status}}{{if eq .State.ExitCode 0}} ok{{end}} {{.State.Error}}", "created ok "),
                ("{{.State.StartedAt}} {{json .state.supervisorPid}}", "0001-01-01T00:00:00Z null"),
                ("{{json .NetworkSettings.Ports}}", "{}"),
                ("{{range .mounts}}{{if eq .kind \"proc\"}}p{{end}}{{end}}", "p"),
                ("{{range $i, $a := .Args}}{{$i}}={{$a}}{{end}} {{len .Id}}", "0=true 64"),
            ])
        let refused = place.run("inspect", "-f", "{{range .Mounts}}", "c")
        #expect(refused.code != 0 && refused.error.contains("“{{range .Mounts}}” has no {{end}}"), "\(refused)")
    }

    @Test func `inspect tells what was asked for and what the image says, not what the launch makes of it`() {
        #expect(
            place.run(
                "image", "import", "-q", "-e", "A=1", "-c", "USER 7", "-c", "EXPOSE 80", "-c", "VOLUME /v",
                place.rootfs, "base"
            )
            .code == 0)
        let made = place.run(
            "create", "--name", "c", "-u", "5:6", "-e", "B=2", "--expose", "53/udp", "--cap-add", "NET_ADMIN",
            "--cap-drop",
            "chown", "--ulimit", "nofile=100:200", "--shm-size", "1m", "--tmpfs", "/memory:size=1m", "-m", "64m",
            "--memory-swap", "96m", "-c", "512", "base", "true")
        #expect(made.code == 0, "\(made)")
        #expect(
            place.run("create", "--name", "plain", "base", "true").code == 0 && create("--name", "folder").code == 0)
        expect(
            ["inspect"], "c",
            [
                ("{{.Config.User}} {{json (slice .Config.Env 1 3)}}", #"5:6 ["A=1","B=2"]"#),
                ("{{len .Config.Env}}", "3"),
                ("{{json .Config.ExposedPorts}} {{json .Config.Volumes}}", #"{"53/udp":{},"80/tcp":{}} {"/v":{}}"#),
                ("{{.HostConfig.CapAdd}} {{.HostConfig.CapDrop}}", "[CAP_NET_ADMIN] [CAP_CHOWN]"),
                ("{{json .HostConfig.Ulimits}}", #"[{"Name":"nofile","Hard":200,"Soft":100}]"#),
                (
                    "{{.HostConfig.ShmSize}} {{.HostConfig.Memory}} {{.HostConfig.MemorySwap}}",
                    "1048576 67108864 100663296"
                ),
                ("{{.HostConfig.CpuShares}} {{.HostConfig.CpuQuota}} {{.HostConfig.CpuPeriod}}", "512 0 0"),
                ("{{range $path, $_ := .HostConfig.Tmpfs}}{{$path}}{{end}}", "/memory"),
            ])
        expect(["inspect"], "plain", [("{{.Config.User}} {{.process.user}} {{.HostConfig.MemorySwap}}", "7 7:0 0")])
        expect(["inspect"], "folder", [("[{{.Config.User}}] {{.Config.Env}} {{.process.user}}", "[] [] 0:0")])
        expect(["inspect", "-s"], "c", [("{{.SizeRw}} {{gt .SizeRootFs 0}} {{eq .size .SizeRw}}", "4096 true true")])
    }

    @Test func `events, volumes and versions have docker's names in templates`() {
        #expect(create("--name", "c").code == 0)
        let id = place.run("inspect", "-f", "{{.Id}}", "c").output.dropLast()
        let template = "{{.Type}} {{.Action}} {{.Status}} {{.Actor.ID}} {{.Actor.Attributes.name}} {{.Scope}}"
        let shown = place.run("events", "--no-follow", "--format", template)
        #expect(shown.output == "container create create \(id) c local\n", "\(shown)")
        #expect(place.run("start", "-a", "c").code == 0)
        let died = ["events", "--no-follow", "-f", "event=die", "-f", "event=attach", "--format"]
        #expect(place.run(died + ["{{.Action}} {{.Actor.Attributes.exitCode}}"]).output == "die 0\n")
        #expect(place.run("volume", "create", "data").code == 0)
        #expect(place.run("volume", "ls", "--format", "{{.Driver}} {{.Name}}").output == "local data\n")
        let version = place.run("version", "-f", "{{.Version}}").output
        #expect(place.run("version", "-f", "{{.Server.Version}}").output == version)
        #expect(place.run("info", "-f", "{{.ServerVersion}}").output == version)
        #expect(
            create("--name", "checked", "--health-cmd", "true", "--health-interval", "5s", "--stop-signal", "INT").code
                == 0)
        let health = "{{.Config.Healthcheck.Interval}} {{index .Config.Healthcheck.Test 0}} {{.Config.StopSignal}}"
        #expect(place.run("inspect", "-f", health, "checked").output == "5000000000 CMD-SHELL SIGINT\n")
        expect(
            ["info"], nil,
            [
                ("{{.Containers}} {{.ContainersRunning}} {{.ContainersStopped}} {{.Images}}", "2 0 2 0"),
                ("{{.CgroupDriver}} {{or (eq .CgroupVersion \"1\") (eq .CgroupVersion \"2\")}}", "cgroupfs true"),
                ("{{gt (len .OperatingSystem) 0}} {{gt (len .SecurityOptions) 0}}", "true true"),
            ])
    }

    @Test func `images and volumes are inspected by docker's names`() {
        #expect(
            place.run("image", "import", "-q", "-w", "/tmp", "-l", "a=1", "-e", "A=1", place.rootfs, "base").code == 0)
        let id = place.run("image", "inspect", "-f", "{{.Id}}", "base").output.dropLast()
        expect(
            ["image", "inspect"], "base",
            [
                ("{{index .RepoTags 0}} {{index .RepoDigests 0}} {{.Os}}", "base:latest base@\(id) linux"),
                ("{{range .RootFS.Layers}}{{slice . 0 7}}{{end}} {{gt .Size 1000}}", "sha256: true"),
                ("{{index .Config.Env 1}} {{range $k, $v := .Config.Labels}}{{$k}}{{$v}}{{end}}", "A=1 a1"),
                ("{{.Config.WorkingDir}}{{.Config.User}}{{range .Config.ExposedPorts}}x{{else}}y{{end}}", "/tmpy"),
                (
                    "{{if .Config.Entrypoint}}a{{else}}none{{end}} {{.Architecture | len | lt 3}}",
                    "none true"
                ),
            ])
        #expect(place.run("volume", "create", "-l", "a=1", "data").code == 0)
        expect(
            ["volume", "inspect"], "data",
            [
                (
                    "{{.Name}} {{.Driver}} {{.Scope}}{{range $k, $v := .Labels}} {{$k}}={{$v}}{{end}}",
                    "data local local a=1"
                )
            ])
    }
}
