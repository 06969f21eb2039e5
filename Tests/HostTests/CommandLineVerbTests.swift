import Glibc
import JSON
import Linux
import OCI
import Records
import Testing

@Suite(
    .serialized,
    .enabled(if: CommandLinePlace.obstacle == nil, Comment(rawValue: CommandLinePlace.obstacle ?? "")))
struct CommandLineVerbTests {
    private let place: CommandLinePlace

    init() throws { place = try CommandLinePlace() }

    private func status(_ name: String) -> String {
        place.run("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", name).output
    }

    @Test func `a container lives through all verbs`() {
        let made = place.container(
            "-d", "--name", "web", "sh", "-c", "trap 'exit 3' TERM; echo up; while :; do sleep 0.05; done")
        #expect(made.code == 0)
        #expect(made.output.utf8.count == 65)
        #expect(place.eventually { place.run("logs", "web").output == "up\n" })
        #expect(place.run("ps", "-q").output == "\(made.output.prefix(12))\n")
        #expect(place.run("exec", "web", "sh", "-c", "echo in; exit 5").code == 5)
        #expect(place.run("exec", "web", "nothing-here").code == 127)
        #expect(place.run(["exec", "-i", "web", "cat"], input: "typed").output == "typed")
        let going = place.run("unpause", "web")
        #expect(going.code == 1 && going.error == "boxtop: container web is not paused\n")
        #expect(place.run("pause", "web").output == "web\n")
        #expect(place.run("ps").output.contains("(Paused)"))
        let paused = place.run("pause", "web")
        #expect(paused.code == 1 && paused.error == "boxtop: container web is paused already\n")
        #expect(place.run("unpause", "web").code == 0)
        #expect(place.run("rename", "web", "site").code == 0)
        #expect(place.run("top", "site").output.contains("sleep 0.05"))
        #expect(place.run("stop", "-t", "5", "site").output == "site\n")
        #expect(status("site") == "exited 3\n")
        #expect(place.run("ps").output.split(separator: "\n").count == 1)
        #expect(place.run("start", "site").code == 0)
        #expect(place.run("restart", "-t", "0", "site").code == 0)
        #expect(status("site") == "running 0\n")
        #expect(place.run("kill", "site").code == 0)
        #expect(place.run("wait", "site").output == "137\n")
        #expect(place.run("rm", "site").output == "site\n")
        #expect(place.leftovers == [])
        let kinds = place.run("events", "--no-follow", "--format", "{{.Event}}").output.split(separator: "\n")
        for kind in ["created", "started", "paused", "unpaused", "renamed", "exited", "removed"] {
            #expect(kinds.contains(Substring(kind)), "\(kind)")
        }
    }

    @Test(arguments: [
        "sh -c exit", "--rm -it --name web sh", "--name=web -e A=b --env C -l k=v --label=k=w sh",
        "-m 64m --cpus 0.5 --pids-limit 50 --network host sh", "--memory 64m --network none --init --read-only sh -l",
        "--hostname web -u 5:6 --workdir /tmp --network none sh",
    ])
    func `the common words of a create are read by hand as argument-parser reads them`(words: String) throws {
        let words = words.split(separator: " ").map(String.init)
        let byHand = try documents(["create", "--rootfs", place.rootfs] + words)
        // An option that is not common, and means nothing.
        let parsed = try documents(["create", "--pull", "missing", "--rootfs", place.rootfs] + words)
        #expect(byHand.record == parsed.record)
        #expect(byHand.spec == parsed.spec)
    }

    /// What a `create` writes, without what differs between any two containers.
    private func documents(_ arguments: [String]) throws -> (record: ContainerRecord, spec: RuntimeSpec) {
        let made = place.run(arguments)
        #expect(made.code == 0, "\(made.error)")
        let id: String = made.output.filter { !$0.isNewline }
        var texts: [String] = []
        for path in [place.layout.record(id), place.layout.configuration(id)] {
            let text: String = Files.text(path) ?? ""
            texts.append(text.replacing(id, with: "ID").replacing(String(id.prefix(12)), with: "SHORT"))
        }
        #expect(place.run("rm", id).code == 0)
        var record = try JSON.decode(ContainerRecord.self, from: Array(texts[0].utf8))
        var spec = try JSON.decode(RuntimeSpec.self, from: Array(texts[1].utf8))
        (record.created, record.ids) = (Timestamp(nanoseconds: 0), nil)
        if record.name != "web" { record.name = "" }
        spec.linux?.uidMappings = []
        spec.linux?.gidMappings = []
        return (record, spec)
    }

    @Test(arguments: ["stop", "restart"])
    func `containers that do not heed a stop are waited for side by side, not one after the other`(verb: String) {
        let names = ["one", "two", "three", "four"]
        for name in names {
            place.container("-d", "--name", name, "sh", "-c", "trap '' TERM; while :; do sleep 0.05; done")
        }
        let start = MonotonicTime.now
        let ended = place.run([verb, "-t", "2", "nonesuch"] + names)
        #expect(MonotonicTime.now.seconds(since: start) < 6)
        #expect(ended.code == 1)
        #expect(ended.output == names.map { "\($0)\n" }.joined())
        #expect(ended.error.contains("there is no container “nonesuch”"))
        #expect(place.run("ps", "-q").output.split(separator: "\n").count == (verb == "stop" ? 0 : 4))
        #expect(place.run(["rm", "-f"] + names).code == 0)
        #expect(place.leftovers == [])
    }

    @Test(arguments: [
        ("ps -n abc", 64), ("ps -n -1", 64), ("ps --filter foo=bar", 64),
        ("restart -s FOO q", 64),
        ("stop -t abc q", 64), ("stop -t -2 q", 64), ("logs --tail abc q", 64), ("kill -s FOO q", 64),
        ("update --cpus -1 q", 64), ("exec --detach-keys none q true", 125), ("exec q", 125), ("exec --what q", 125),
        ("exec nobody true", 1), ("help nosuch", 64),
        ("image foo", 64), ("update q", 64), ("port q 80/foo", 64), ("run --no-healthcheck --health-cmd x q", 125),
        ("run --stop-timeout -2 q", 125), ("run --health-retries -1 --health-cmd x q", 125),
        ("run --health-interval 1us --health-cmd x q", 125), ("run --health-timeout 1ns --health-cmd x q", 125),
        ("run --shm-size -1 q", 125),
    ])
    func `nonsense arguments have the exit code that the documents say, and name the flag`(line: String, code: Int32) {
        place.run("create", "--name", "q", "--rootfs", place.rootfs, "true")
        let ended = place.run(line.split(separator: " ").map(String.init))
        #expect(ended.code == code, "\(ended)")
        #expect(ended.error.split(separator: "\n").count == 1 && !ended.error.contains("missing value"), "\(ended)")
        #expect(place.run("cp", "", "q:/").error == "boxtop: a path is empty: write . for this folder\n")
    }

    @Test func `a negative time waits for ever, a negative number of lines is all`() {
        place.container(
            "-d", "--stop-timeout", "-1", "--name", "slow", "sh", "-c",
            "trap 'exit 3' TERM; echo up; while :; do sleep 0.05; done")
        #expect(place.eventually { place.run("logs", "--tail", "-1", "slow").output == "up\n" })
        #expect(place.run("stop", "-t", "-1", "slow").output == "slow\n")
        #expect(status("slow") == "exited 3\n")
    }

    @Test func `docker's further spellings are understood`() {
        #expect(place.run("-v").output == place.run("version").output)
        #expect(place.run("system", "info").output.contains("cgroup"))
        #expect(place.run("help", "images").output == place.run("images", "--help").output)
        #expect(place.container("--name", "limited", "-m", "64m", "true").code == 0)
        let limits = place.run("ps", "-a", "--format", "{{.Limits}}").output
        #expect(limits.contains("\"memory\":67108864"))
    }

    @Test func `create and start -a are run in two steps`() {
        #expect(place.run("create", "--name", "two", "--rootfs", place.rootfs, "sh", "-c", "echo hi; exit 4").code == 0)
        #expect(status("two") == "created 0\n")
        let ended = place.run("start", "-a", "two")
        #expect(ended.output == "hi\n")
        #expect(ended.code == 4)
    }

    @Test func `a taken name is refused and the one that has it stays`() {
        #expect(place.container("-d", "--name", "one", "sleep", "60").code == 0)
        let second = place.container("--name", "one", "true")
        #expect(second.code == 125)
        #expect(second.error.contains("“one” is taken"))
        #expect(status("one") == "running 0\n")
    }

    @Test func `several containers are each done, whatever happens to the others`() {
        for name in ["a", "b"] { place.container("-d", "--name", name, "sleep", "60") }
        let ended = place.run("stop", "-t", "0", "a", "nobody", "b")
        #expect(ended.code == 1)
        #expect(ended.output == "a\nb\n")
        #expect(ended.error == "boxtop: there is no container “nobody”: boxtop ps -a lists them\n")
        #expect(place.run("rm", "a", "b").code == 0)
    }

    @Test func `as many as are named are stopped and started again, however few files may be open`() {
        let names = (0..<14).map { "c\($0)" }
        for name in names { place.container("-d", "--name", name, "sleep", "60") }
        for verb in ["restart", "stop"] {
            let ended = place.shell(
                "ulimit -n 16; \(CommandLinePlace.program) \(verb) -t 0 \(names.joined(separator: " "))")
            #expect(ended == .init(code: 0, output: names.map { "\($0)\n" }.joined(), error: ""))
        }
    }

    @Test func `a container that has lost its supervisor says so, and the next verb gives it a new one`() throws {
        place.container("-d", "--name", "orphan", "sleep", "60")
        let supervisor = place.run("inspect", "-f", "{{.State.SupervisorPid}}", "orphan").output.dropLast()
        kill(try #require(pid_t(supervisor)), SIGKILL)
        #expect(place.eventually { place.run("ps").output.contains("(unsupervised)") })
        #expect(place.run("inspect", "-f", "{{json .State.SupervisorPid}}", "orphan").output == "null\n")
        #expect(place.run("pause", "orphan").code == 0)
        #expect(!place.run("ps").output.contains("(unsupervised)"))
        #expect(place.run("rm", "-f", "orphan").code == 0)
        #expect(place.leftovers == [])
    }

    @Test func `commands at once on one container come one after the other`() {
        place.container("-d", "--name", "busy", "sleep", "60")
        let stops = (0..<4).compactMap { _ in place.start(["stop", "-t", "0", "busy"]) }
        let starts = (0..<4).compactMap { _ in place.start(["start", "busy"]) }
        for process in stops + starts { #expect(CommandLinePlace.wait(for: process) == 0) }
        // Whichever came last: it was started and ended in turns, and is as the last of them says.
        let kinds = place.run("events", "--no-follow", "--format", "{{.Event}}").output.split(separator: "\n")
        let lives = kinds.filter { ["started", "exited"].contains($0) }
        let turns = lives.indices.map { $0 % 2 == 0 ? "started" : "exited" }
        #expect(lives.map(String.init) == turns, "\(kinds)")
        #expect(status("busy") == (lives.last == "started" ? "running 0\n" : "exited 137\n"))
        #expect(place.run("rm", "-f", "busy").code == 0)
        #expect(place.leftovers == [])
    }

    @Test func `limits are given, changed and lifted`() {
        place.container("-d", "--name", "held", "--memory", "64m", "--cpus", "0.5", "--pids-limit", "20", "sleep", "60")
        let limits = "{{json .Limits.Memory}} {{json .Limits.Swap}} {{json .Limits.Cpus}} {{json .Limits.Processes}}"
        #expect(place.run("inspect", "-f", limits, "held").output == "67108864 67108864 0.5 20\n")
        let update = place.run("update", "--memory", "32m", "--cpus", "unlimited", "--pids-limit", "-1", "held")
        #expect(update.code == 0, "\(update.error)")
        #expect(place.run("inspect", "-f", limits, "held").output.hasPrefix("33554432 "))
        #expect(place.run("inspect", "-f", limits, "held").output.hasSuffix(" null null\n"))
        #expect(place.run("update", "--memory", "12x", "held").code == 64)
    }

    @Test func `lists are filtered, and are JSON that can be read`() throws {
        place.container("-d", "--name", "live", "--label", "team=web", "sleep", "60")
        place.container("--name", "dead", "sh", "-c", "exit 9")
        #expect(place.run("ps", "-f", "status=exited", "--format", "{{.Names}}").output == "dead\n")
        #expect(place.run("ps", "-a", "-f", "exited=9", "--format", "{{.Names}}").output == "dead\n")
        #expect(place.run("ps", "-a", "-f", "label=team=web", "--format", "{{.Names}}").output == "live\n")
        struct Row: Decodable {
            var name: String
            var state: String
        }
        let rows = try JSON.decode([Row].self, from: Array(place.run("ps", "-a", "--format", "json").output.utf8))
        #expect(rows.map(\.name) == ["dead", "live"])
        #expect(rows.map(\.state) == ["exited", "running"])
        #expect(place.run("ps", "--filter", "colour=red").code == 64)
    }

    @Test func `logs can be cut, dated and followed to the end`() {
        place.container("--name", "talk", "sh", "-c", "for i in $(seq 5); do echo line $i; done; echo oops >&2")
        #expect(place.run("logs", "-n", "2", "talk").output == "line 5\n")
        #expect(place.run("logs", "-n", "2", "talk").error == "oops\n")
        #expect(place.run("logs", "--since", "1h", "talk").output.split(separator: "\n").count == 5)
        #expect(place.run("logs", "--until", "1h", "talk").output == "")
        #expect(place.run("logs", "-t", "--tail=2", "talk").output.contains("Z line 5\n"))
        place.container("-d", "--name", "slow", "sh", "-c", "for i in 1 2 3; do echo $i; sleep 0.2; done")
        #expect(place.run("logs", "-f", "slow").output == "1\n2\n3\n")
        place.container("-d", "--name", "quiet", "sh", "-c", "echo 1; sleep 100")
        let until = Timestamp(nanoseconds: Timestamp.now.nanoseconds + 1_000_000_000)
        let ended = place.shell("timeout 20 \(CommandLinePlace.program) logs -f --until \(until) quiet")
        #expect(ended.output == "1\n" && ended.code == 0, "\(ended)")
    }

    @Test func `gauges come as a table, JSON and Prometheus' text`() throws {
        place.container("-d", "--name", "hot", "--memory", "32m", "--cpus", "0.2", "sh", "-c", "while :; do :; done")
        #expect(place.run("stats").output.contains("/ 32MiB"))
        struct Row: Decodable {
            var name: String
            var cpuPercent: Double
            var memoryLimit: Int
        }
        let rows = try JSON.decode([Row].self, from: Array(place.run("stats", "--format", "json").output.utf8))
        #expect(rows.map(\.name) == ["hot"])
        #expect(rows.map(\.memoryLimit) == [32 << 20])
        #expect((1...60).contains(rows.first?.cpuPercent ?? 0), "\(rows)")
        let metrics = place.run("-b", "-n", "1", "--format", "prometheus").output
        #expect(metrics.contains("boxtop_container_memory_limit_bytes{"))
        #expect(place.run("-b", "-n", "2", "-d", "0.1", "--format", "csv").output.split(separator: "\n").count == 3)
        #expect(place.run().output.contains("1 container, 1 running"))
    }

    @Test func `prune removes what does not run, and asks first`() {
        place.container("-d", "--name", "stays", "sleep", "60")
        place.container("--name", "goes", "true")
        #expect(place.run("prune").code == 1)
        #expect(place.run("prune", "-f").code == 0)
        #expect(place.run("ps", "-a", "--format", "{{.Names}}").output == "stays\n")
    }

    @Test(arguments: [
        "run", "create", "start", "stop", "restart", "kill", "pause", "unpause", "exec", "attach", "wait", "ps",
        "stats",
        "top", "logs", "events", "inspect", "update", "rename", "rm", "prune", "image", "info", "version",
    ])
    func `each verb explains itself with an example`(verb: String) {
        let help = place.run(verb, "--help")
        #expect(help.code == 0)
        #expect(help.output.contains("USAGE: boxtop \(verb)"))
        #expect(help.output.contains("EXAMPLE: boxtop \(verb)"))
        #expect(place.run("help").output.contains("  \(verb)"))
        #expect(help.error == "")
    }

    @Test(arguments: [
        ("compose up", "--network NAME"), ("swarm init", "this host alone"), ("stack ls", "this host alone"),
        ("service ls", "this host alone"), ("context ls", "no daemon"),
    ])
    func `docker's verbs that are not there are answered with what there is`(line: String, part: String) {
        let words = line.split(separator: " ").map(String.init)
        let ended = place.run(words)
        #expect(ended.code == 64 && ended.error.hasPrefix("boxtop: there is no \(words[0]) here"), "\(ended)")
        #expect(ended.error.contains(part) && ended.error.split(separator: "\n").count == 1, "\(ended)")
    }

    @Test func `what is no verb, and an unknown option, are one sentence`() {
        #expect(place.run("frobnicate").error == "boxtop: there is no verb 'frobnicate'; see 'boxtop --help'\n")
        let option = place.run("ps", "--frobnicate")
        #expect(option.code == 64)
        #expect(option.error == "boxtop: unknown option '--frobnicate' (see 'boxtop ps --help')\n")
    }
}
