import Cgroups
import Linux
import Monitoring
import Records

/// Containers that are made up: for trying the screen where nothing may be started, and for its tests. They answer to
/// limits and verbs much as real ones do. A reference, since the source and the controls of one screen share it.
package final class DemoContainers: ContainerSource, ContainerControls {
    private let clock: () -> (MonotonicTime, Timestamp)
    private let beginning: Timestamp
    private var containers: [DemoContainer]
    private var resources: DemoResources
    private var ticks = 0

    /// The nine of `look/list.png`, and as many more as make `count`.
    package init(count: Int = 9, clock: @escaping () -> (MonotonicTime, Timestamp)) {
        self.clock = clock
        beginning = clock().1
        containers = DemoContainer.cast(at: clock().1)
        resources = DemoResources(at: clock().1)
        for number in containers.count..<max(containers.count, count) {
            containers.append(DemoContainer.extra(number, at: clock().1))
        }
    }

    package func sweep() -> Snapshot {
        ticks += 1
        let now = clock().1
        for index in containers.indices { containers[index].live(tick: ticks, now: now) }
        return snapshot()
    }

    package func sweep(until deadline: MonotonicTime, measuring: Bool) -> Snapshot? {
        if measuring { return sweep() }
        var snapshot = snapshot()
        snapshot.isSample = false
        return snapshot
    }

    private func snapshot() -> Snapshot {
        let (time, now) = clock()
        var host = HostReading(name: "web-01", cores: 8, hierarchy: "cgroup v2")
        host.cpu = min(8, containers.reduce(0.4) { $0 + ($1.reading.cpu ?? 0) })
        host.memory = 33_600_000_000
        host.memoryInUse = min(30_000_000_000, containers.reduce(8_000_000_000) { $0 + ($1.reading.usage.memory ?? 0) })
        host.cpuPressure = DemoContainer.pressure(1.2)
        host.memoryPressure = DemoContainer.pressure(0)
        host.ioPressure = DemoContainer.pressure(0.4)
        host.disks = [Disk(name: "sda", major: 8, minor: 0)]
        return Snapshot(
            time: time, clock: now, host: host, containers: containers.map(\.reading),
            cost: Double(containers.count) * 15e-6)
    }

    package func processes(of id: String) -> [ProcessReading] {
        containers.first { $0.reading.id == id }?.processes ?? []
    }

    package func log(of id: String, last count: Int) -> [LogLine] {
        Array((containers.first { $0.reading.id == id }?.log ?? []).suffix(count))
    }

    package func events(of id: String, last count: Int) -> [Records.Event] {
        Array((containers.first { $0.reading.id == id }?.events ?? []).suffix(count))
    }

    package func particulars(of id: String) -> [Particulars] {
        [
            Particulars(
                title: "Environment", lines: ["PATH=/usr/local/bin:/usr/bin:/bin", "QUEUE=images", "WORKERS=2"]),
            Particulars(title: "Mounts", lines: ["/data, bind, rw ← /srv/data", "/tmp, tmpfs, size=64m"]),
            Particulars(title: "Ports", lines: ["8080 → 80/tcp"]),
            Particulars(
                title: "Isolation",
                lines: [
                    "user namespace 100000-165535", "seccomp: default list", "11 capabilities",
                    "root file system read-only",
                ], summary: "user namespace, seccomp, 11 capabilities, read-only"),
        ]
    }

    package func listing(of kind: Resource) -> Listing { resources[kind] }

    package func limit(_ id: String, _ change: (Limits) -> Limits) throws(Refused) -> Limits {
        guard let index = containers.firstIndex(where: { $0.reading.id == id }) else {
            throw Refused("there is no container \(id.prefix(12))")
        }
        let limits = change(containers[index].reading.limits)
        if let memory = limits.memory, memory < 6 << 20 {
            throw Refused("the kernel refuses a memory limit of \(memory) bytes: device or resource busy")
        }
        containers[index].reading.limits = limits
        containers[index].remember(.limited, "limits changed", clock().1)
        return limits
    }

    package func signal(_ process: ProcessIdentity, of id: String, _ name: String) throws(Refused) {
        let index = containers.firstIndex { $0.reading.id == id }
        guard let index, let found = containers[index].processes.first(where: { $0.identity == process }) else {
            throw Refused("it has ended, so nothing was sent")
        }
        if let problem = containers[index].signal(found, name, clock().1) { throw Refused(problem) }
    }

    /// Does what the command line `arguments` would do. Returns its status and its last words.
    package func perform(_ arguments: [String]) -> (status: Int32, message: String) {
        guard let verb = arguments.first else { return (125, "no command") }
        if verb == "run" { return make(arguments) }
        let names = arguments.dropFirst().filter { !$0.hasPrefix("-") }
        if let kind = Resource(rawValue: verb) { return perform(kind, names) }
        guard !names.isEmpty else { return (125, "boxtop \(verb): which container?") }
        for name in names {
            guard let index = containers.firstIndex(where: { [$0.reading.id, $0.reading.name].contains(name) })
            else {
                return (125, "there is no container \(name)")
            }
            if verb == "rm" {
                containers.remove(at: index)
            } else if let problem = containers[index].perform(verb, arguments, clock().1) {
                return (125, problem)
            }
        }
        return (0, "")
    }

    private func perform(_ kind: Resource, _ words: [String]) -> (status: Int32, message: String) {
        guard words.first == "rm" else { return (125, "there is only boxtop \(kind.rawValue) rm in what is made up") }
        for name in words.dropFirst() {
            if let problem = resources.remove(kind, name) { return (1, problem) }
        }
        return (0, "")
    }

    private func make(_ arguments: [String]) -> (status: Int32, message: String) {
        func value(_ flag: String) -> String? {
            arguments.firstIndex(of: flag).flatMap { $0 + 1 < arguments.count ? arguments[$0 + 1] : nil }
        }
        let flags: Set<String> = ["--name", "--memory", "--cpus", "--pids-limit", "--restart"]
        var rest = Array(arguments.dropFirst())
        while let first = rest.first, first.hasPrefix("-") { rest.removeFirst(flags.contains(first) ? 2 : 1) }
        guard let image = rest.first, Self.images.contains(image) else {
            return (125, "there is no image \"\(rest.first ?? "")\": boxtop image ls lists what there is")
        }
        var made = DemoContainer.extra(containers.count + 100, at: clock().1)
        made.reading.image = image
        made.reading.name = value("--name") ?? made.reading.name
        made.reading.command = Array(rest.dropFirst())
        made.reading.limits = Limits()
        made.reading.limits.cpus = value("--cpus").flatMap(Double.init)
        made.reading.limits.memory = value("--memory").flatMap(ByteCount.parse)
        made.reading.limits.processes = value("--pids-limit").flatMap { UInt64($0) }
        made.begin(clock().1)
        containers.append(made)
        return (0, "")
    }

    package static let images = [
        "api:2026.11", "jobs:7", "mailer:3", "nginx:1.27", "postgres:17", "redis:7", "tools:2",
    ]
}
