import Cgroups
import Glibc
import JSON
import Linux
import Monitoring
import Records
import TestSupport
import Testing

@testable import Containers

@Suite struct LiveTests {
    @Test func `containers that do not run are listed by their age, without gauges`() throws {
        let place = try LivePlace()
        for number in [3, 1, 2] { try place.add(number) }
        let exit = Exit(code: 137, outOfMemory: true, at: .now)
        try place.write(.exited(exit), of: LivePlace.id(2), supervisor: nil)
        let live = LiveContainers(place.containers)
        let snapshot = live.sweep()
        #expect(snapshot.containers.map(\.name) == ["box1", "box2", "box3"])
        #expect(snapshot.containers.map(\.status) == [.created, .exited(exit), .created])
        #expect(snapshot.containers.allSatisfy { $0.usage == Usage() && $0.cpu == nil && !$0.unsupervised })
    }

    @Test func `what is made, changed and removed between two sweeps is seen`() throws {
        let place = try LivePlace()
        let live = LiveContainers(place.containers)
        #expect(live.sweep().containers.isEmpty)
        try place.add(1)
        #expect(live.sweep().containers.map(\.name) == ["box1"])
        try place.add(1) { $0.name = "renamed" }
        try place.add(2) { $0.limits.memory = 1 << 30 }
        let both = live.sweep().containers
        #expect(both.map(\.name) == ["renamed", "box2"])
        #expect(both.map(\.limits.memory) == [nil, 1 << 30])
        try Files.removeTree(place.layout.container(LivePlace.id(1)))
        #expect(live.sweep().containers.map(\.name) == ["box2"])
    }

    @Test func `a folder of containers that is lost is not taken for an empty one`() throws {
        let place = try LivePlace()
        let (folder, away) = (place.layout.containers, "\(place.folder.path)/away")
        try systemCall("rename", folder) { rename(folder, away) }
        let live = LiveContainers(place.containers)
        // It is made with the first container.
        #expect(live.sweep().problem == nil)
        try systemCall("rename", away) { rename(away, folder) }
        try place.add(1)
        #expect(live.sweep().containers.map(\.name) == ["box1"])
        try systemCall("rename", folder) { rename(folder, away) }
        for _ in 0..<2 {
            let snapshot = live.sweep()
            #expect(snapshot.containers.map(\.name) == ["box1"])
            #expect(snapshot.problem == "cannot list \(folder): no such file or directory")
        }
        try systemCall("rename", away) { rename(away, folder) }
        try place.add(2)
        let snapshot = live.sweep()
        #expect(snapshot.containers.map(\.name) == ["box1", "box2"] && snapshot.problem == nil)
    }

    @Test func `a change of one limit keeps what somebody else has set of the others`() throws {
        let place = try LivePlace()
        let id = LivePlace.id(1)
        try place.add(1) { $0.limits.memory = 64 << 20 }
        var update = ContainerUpdate()
        update.memory = .set(200 << 20)
        try place.containers.update(id, update)
        var controls = LiveControls(place.containers)
        let after = try controls.limit(id) { limits in
            var limits = limits
            limits.cpuWeight = 64
            return limits
        }
        #expect(after.memory == 200 << 20 && after.cpuWeight == 64)
        #expect(try place.containers.record(id).limits == after)
        #expect(LiveContainers(place.containers).events(of: id, last: 1).map(\.detail) == ["CPU weight 100 → 64"])
    }

    @Test func `a record that cannot be read hides no container`() throws {
        let place = try LivePlace()
        for number in 1...3 { try place.add(number) }
        try Files.replace(place.layout.record(LivePlace.id(2)), with: Array("{".utf8))
        let list = LiveContainers(place.containers).sweep().containers
        #expect(list.map(\.image).sorted() == ["(damaged)", "tools", "tools"])
        #expect(list.map(\.id).sorted() == (1...3).map(LivePlace.id))
    }

    @Test func `what ran in another boot has exited`() throws {
        let place = try LivePlace()
        try place.add(1)
        let running = Running(process: ProcessIdentity(pid: 1, startTime: 1), started: .now)
        let state = ContainerState(status: .running(running), supervisor: nil, boot: "another", written: .now)
        try place.containers.files.write(last: state, of: LivePlace.id(1))
        let status = LiveContainers(place.containers).sweep().containers.first?.status
        guard case .exited? = status else {
            Issue.record("\(String(describing: status))")
            return
        }
    }

    @Test func `a sweep in slices ends with the same as one in a piece`() throws {
        let place = try LivePlace()
        for number in 1...100 { try place.add(number) }
        let live = LiveContainers(place.containers)
        var slices = 0
        var snapshot: Snapshot?
        while snapshot == nil, slices < 200 {
            // Long past: as little as possible at once.
            snapshot = live.sweep(until: MonotonicTime(nanoseconds: 0), measuring: true)
            slices += 1
        }
        #expect(slices > 3)
        #expect(snapshot?.containers.count == 100)
        #expect(live.sweep().containers.map(\.id) == snapshot?.containers.map(\.id))
    }

    @Test func `the log's last lines and the container's own events are shown`() throws {
        let place = try LivePlace()
        let record = try place.add(1)
        let time = "2026-11-23T22:42:31.123456789Z"
        let text = "\(time) stdout F one\n\(time) stderr P tw\n\(time) stderr F o\n\(time) stdout F three\n"
        try Files.replace(place.layout.log(record.id), with: Array(text.utf8))
        let live = LiveContainers(place.containers)
        let lines = live.log(of: record.id, last: 2)
        #expect(lines.map(\.text) == ["two", "three"])
        #expect(lines.map(\.isError) == [true, false])
        place.containers.say(.killed, record)
        place.containers.say(.started, try place.add(2))
        #expect(live.events(of: record.id, last: 10).map(\.kind) == [.killed])
    }

    @Test func `a container without a control group has the processes of its namespace, and cannot be paused`() throws {
        let place = try LivePlace()
        let record = try place.add(1)
        let first = try place.start(1, grouped: false)
        let live = LiveContainers(place.containers)
        // In the host's own namespace it is alone: the others are not its.
        #expect(live.processes(of: record.id).map(\.hostPid) == [first])
        let error = #expect(throws: ContainerError.self) { try place.containers.pause(record.id) }
        #expect(error?.kind == .unsupported && error?.description.contains("BOXTOP_CGROUP_PARENT") == (geteuid() != 0))
    }

    @Test func `a signal goes to one process of a container, and to none that has its id or is elsewhere`() throws {
        let place = try LivePlace()
        let record = try place.add(1)
        let first = try place.start(1, "sleep 0.5; sleep 60 & exec sleep 61")
        let live = LiveContainers(place.containers)
        func others() -> [ProcessReading] { live.processes(of: record.id).filter { $0.hostPid != first } }
        #expect(eventually { others().contains { $0.command == "sleep 60" } })
        let child = try #require(others().first).identity
        var controls = LiveControls(place.containers)
        let later = ProcessIdentity(pid: child.pid, startTime: child.startTime + 1)
        let refusal = #expect(throws: Refused.self) { try controls.signal(later, of: record.id, "KILL") }
        #expect(refusal?.description == "it has ended, so nothing was sent")
        let stranger = try #require(ProcessIdentity.current)
        #expect(throws: Refused.self) { try controls.signal(stranger, of: record.id, "CONT") }
        #expect(child.isAlive)
        try controls.signal(child, of: record.id, "KILL")
        #expect(eventually { !child.isAlive })
        #expect(throws: Refused.self) { try controls.signal(child, of: record.id, "KILL") }
        #expect(kill(first, 0) == 0)
    }

    @Test func `a container that is gone has no processes, lines, events or limits`() throws {
        let place = try LivePlace()
        let live = LiveContainers(place.containers)
        #expect(live.processes(of: LivePlace.id(9)) == [])
        #expect(live.log(of: LivePlace.id(9), last: 5) == [])
        #expect(live.events(of: LivePlace.id(9), last: 5) == [])
        var controls = LiveControls(place.containers)
        #expect(throws: Refused.self) { try controls.limit(LivePlace.id(9)) { $0 } }
    }
}

@Suite(.enabled(if: LivePlace.canGroup, "needs root and control groups that may be written"), .serialized)
struct LiveGaugesTests {
    @Test func `a running container has gauges, and rates from the second sweep on`() throws {
        let place = try LivePlace()
        try place.add(1)
        try place.start(1, "while :; do :; done")
        let live = LiveContainers(place.containers)
        let first = try #require(live.sweep().containers.first)
        #expect(first.status.running != nil)
        #expect(!first.unsupervised)
        #expect(first.cpu == nil)
        #expect(first.usage.processes == 1)
        #expect(first.usage.memory != nil)
        usleep(100_000)
        let second = try #require(live.sweep().containers.first)
        #expect(second.cpu ?? 0 > 0.05 && second.cpu ?? 9 < 2)
        let process = try #require(live.processes(of: first.id).first)
        #expect(process.command.contains("while"))
    }

    @Test func `a sweep between two ticks sees the limit that was changed, and leaves all rates as they were`() throws {
        let place = try LivePlace()
        try place.add(1)
        try place.start(1, "while :; do :; done")
        let live = LiveContainers(place.containers)
        _ = live.sweep()
        usleep(100_000)
        let measured = live.sweep()
        let cpu = try #require(measured.containers.first?.cpu)
        #expect(measured.isSample && measured.host.cpu != nil)
        for processes: UInt64 in 60...64 {
            try place.add(1) { $0.limits.processes = processes }
            usleep(5_000)
            let between = try #require(live.sweep(until: MonotonicTime(nanoseconds: .max), measuring: false))
            #expect(between.containers.first?.limits.processes == processes)
            #expect(between.containers.first?.cpu == cpu && between.host.cpu == measured.host.cpu)
            #expect(!between.isSample)
        }
        usleep(100_000)
        let next = try #require(live.sweep().containers.first?.cpu)
        #expect(next != cpu && next > 0.05)
    }

    @Test func `what changes after many sweeps in which nothing has is seen in the next one`() throws {
        let place = try LivePlace()
        let id = LivePlace.id(1)
        try place.add(1)
        let process = try place.start(1)
        let live = LiveContainers(place.containers)
        // As many as it takes until the container's folders are under watch: stamps are not trusted while they are fresh.
        func stand() {
            _ = live.sweep()
            usleep(60_000)
            for _ in 0..<4 { _ = live.sweep() }
        }
        for memory: UInt64 in [64 << 20, 32 << 20] {
            stand()
            try place.add(1) { $0.limits.memory = memory }
            #expect(live.sweep().containers.first?.limits.memory == memory)
        }
        stand()
        let running = Running(process: try #require(ProcessIdentity(of: process)), started: .now)
        try place.write(.paused(running), of: id, supervisor: .current)
        #expect(live.sweep().containers.first?.status == .paused(running))
        stand()
        // The end: the live state goes with its folder. And another life, in a folder of the same name.
        place.end(process)
        let exit = Exit(code: 3, at: .now)
        let state = ContainerState(status: .exited(exit), supervisor: nil, boot: Boot.id, written: .now)
        try place.containers.files.write(last: state, of: id)
        try Files.removeTree(place.layout.runtime(id))
        #expect(live.sweep().containers.first?.status == .exited(exit))
        stand()
        let second = try place.start(1)
        #expect(live.sweep().containers.first?.status.running?.process.pid == second)
        stand()
        try Files.removeTree(place.layout.container(id))
        #expect(live.sweep().containers.isEmpty)
    }

    @Test func `a container that was killed with its supervisor has exited, whatever its state says`() throws {
        let place = try LivePlace()
        try place.add(1)
        let process = try place.start(1, supervisor: 4_194_304)
        let live = LiveContainers(place.containers)
        let alone = try #require(live.sweep().containers.first)
        #expect(alone.unsupervised)
        #expect(alone.usage.processes == 1)
        place.end(process)
        let after = try #require(live.sweep().containers.first)
        guard case .exited = after.status else {
            Issue.record("\(after.status)")
            return
        }
        #expect(after.usage == Usage())
    }

    @Test func `a container that is started again begins its rates anew`() throws {
        let place = try LivePlace()
        try place.add(1)
        let process = try place.start(1, "while :; do :; done")
        let live = LiveContainers(place.containers)
        _ = live.sweep()
        usleep(20_000)
        #expect(live.sweep().containers.first?.cpu != nil)
        place.end(process)
        try place.start(1)
        let again = try #require(live.sweep().containers.first)
        #expect(again.status.running?.process.pid != process)
        #expect(again.cpu == nil)
    }

    @Test func `a limit goes to the kernel, the record and the events, and is seen in the next sweep`() throws {
        let place = try LivePlace()
        let id = LivePlace.id(1)
        try place.add(1) { $0.limits.memory = 1 << 30 }
        try place.start(1)
        let live = LiveContainers(place.containers)
        _ = live.sweep()
        var limits = Limits()
        (limits.memory, limits.cpus) = (512 << 20, 0.5)
        var controls = LiveControls(place.containers)
        let after = try controls.limit(id) { _ in limits }
        #expect(after == limits)
        let group = try Cgroup(place.layout.cgroup(id), in: place.hierarchy)
        #expect(group.limits() == limits)
        #expect(try place.containers.record(id).limits == limits)
        #expect(live.sweep().containers.first?.limits == limits)
        #expect(
            live.events(of: id, last: 1).map(\.detail) == [
                "CPU no limit → 0.5 cores, memory 1 GiB → 512 MiB"
            ])
        limits.cores = "4096"
        let refusal = #expect(throws: Refused.self) { try controls.limit(id) { _ in limits } }
        #expect(refusal?.description.contains("cores") == true)
        #expect(try place.containers.record(id).limits.cores == nil)
    }

    @Test func `a limit that cannot be recorded on a full disk is not in force either`() throws {
        let place = try LivePlace()
        let id = LivePlace.id(1)
        let folder = place.layout.container(id)
        try Files.makeDirectories(folder)
        try systemCall("mount a small disk") { mount("none", folder, "tmpfs", 0, "size=64k") }
        defer { umount2(folder, Int32(MNT_DETACH)) }
        try place.add(1) { $0.limits.memory = 64 << 20 }
        try place.start(1)
        let group = try Cgroup(place.layout.cgroup(id), in: place.hierarchy)
        let old = try place.containers.record(id).limits
        try group.apply(old)
        var count = 0
        while (try? Files.replace("\(folder)/ballast\(count)", with: [0], durable: false)) != nil { count += 1 }
        var controls = LiveControls(place.containers)
        let refusal = #expect(throws: Refused.self) {
            try controls.limit(id) { limits in
                var limits = limits
                (limits.cpus, limits.memory) = (0.5, 32 << 20)
                return limits
            }
        }
        #expect(refusal?.description.hasSuffix("no space left on device") == true)
        #expect(group.limits() == old)
        var update = ContainerUpdate()
        update.processes = .set(9)
        #expect(throws: ContainerError.self) { try place.containers.update(id, update) }
        #expect(group.limits() == old)
        #expect(try place.containers.record(id).limits == old)
    }
}
