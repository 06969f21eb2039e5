import Glibc
import JSON
import Linux
import OCI
import Records
import Testing

@Suite struct StateFilesTests {
    private let folder: TemporaryFolder
    private let files: StateFiles
    private let id = "c0ffee"

    init() throws {
        folder = try TemporaryFolder()
        files = StateFiles(
            Layout(state: "\(folder.path)/state", run: "\(folder.path)/run", cgroupParent: "/boxtop-test"),
            boot: "today")
        try Files.makeDirectories(files.layout.container(id))
        try Files.makeDirectories(files.layout.runtime(id))
    }

    private func state(_ status: Status, boot: String = "today", supervisor: ProcessIdentity? = nil) -> ContainerState {
        ContainerState(status: status, supervisor: supervisor, boot: boot, written: Timestamp(nanoseconds: 5))
    }

    private func running(_ process: ProcessIdentity) -> Status {
        .running(Running(process: process, started: Timestamp(nanoseconds: 3)))
    }

    private var dead: ProcessIdentity { ProcessIdentity(pid: getpid(), startTime: 1) }

    @Test func `this process lives, and one that was here before it with its number does not`() throws {
        let current = try #require(ProcessIdentity.current)
        #expect(current.isAlive)
        #expect(!ProcessIdentity(pid: current.pid, startTime: current.startTime + 1).isAlive)
        #expect(ProcessIdentity(of: 0) == nil)
    }

    @Test func `what is being removed, or has no record on the disk, is no container`() throws {
        try Files.replace(files.layout.record(id), with: "{}".utf8)
        for (name, text) in [(".\(id).removed", "{}"), ("lost", ""), ("damaged", "")] {
            try Files.makeDirectories(files.layout.container(name))
            try Files.replace(files.layout.record(name), with: text.utf8)
        }
        try Files.makeDirectories(files.layout.transience("lost"))
        #expect(files.ids().sorted() == [id, "damaged"])
    }

    @Test func `a state that cannot be read is of one that was started, and no state of one that was not`() throws {
        try Files.replace(files.layout.lastState(id), with: Array(#"{"status":"#.utf8))
        guard case .exited(let exit) = files.state(of: id).status else {
            Issue.record("\(files.state(of: id).status)")
            return
        }
        #expect(exit.code == 255 && exit.reason?.contains(files.layout.lastState(id)) == true)
        try files.write(live: state(.created), of: id)
        #expect(files.state(of: id).status == .created)
        #expect(!files.isLiveStateDamaged(of: id))
        try Files.replace(files.layout.liveState(id), with: [])
        #expect(files.isLiveStateDamaged(of: id) && files.state(of: id).status != .created)
    }

    @Test func `what lies below the state folder is looked for where that is now`() throws {
        var record = ContainerRecord(
            id: id, name: "web", created: Timestamp(nanoseconds: 1), image: "tools",
            rootfs: .layers(
                ["/old/images/layers/a", "/elsewhere"], upper: "/old/containers/\(id)/upper",
                work: "/old/containers/\(id)/work"), command: [])
        try files.write(record)
        let here = files.layout.state
        record.rootfs = .layers(
            ["\(here)/images/layers/a", "/elsewhere"], upper: "\(here)/containers/\(id)/upper",
            work: "\(here)/containers/\(id)/work")
        #expect(try files.record(of: id) == record)
        // A user's own folder stays what it is.
        for root in ["/old/containers/\(id)/rootfs", "/srv/root"] {
            var spec = RuntimeSpec()
            spec.root = .init(path: root)
            let sources = ["/old/containers/\(id)/hosts", "/old/volumes/v/_data", "/older", "tmpfs"]
            spec.mounts = sources.enumerated().map { index, source in
                .init(destination: index == 0 ? "/etc/hosts" : "/\(index)", type: "bind", source: source)
            }
            let hook = { (places: [String]) in
                RuntimeSpec.Hook(path: "/bin/boxtop", args: ["boxtop", "network-hook", "up"] + places)
            }
            let other = RuntimeSpec.Hook(path: "/bin/true", args: ["true", "/old", "a", "b", "c", "d"])
            spec.hooks = .init(createRuntime: [hook(["/old", "/run", "/group"]), other])
            files.layout.settle(&spec, of: id)
            #expect(spec.root?.path == (root == "/srv/root" ? root : "\(here)/containers/\(id)/rootfs"))
            #expect(
                spec.mounts.map(\.source)
                    == ["\(here)/containers/\(id)/hosts", "\(here)/volumes/v/_data", "/older", "tmpfs"])
            #expect(spec.hooks?.createRuntime == [hook([here, files.layout.run, "/boxtop-test"]), other])
        }
    }

    @Test func `a container without a state was never started`() {
        #expect(files.state(of: id).status == .created)
    }

    @Test func `a live process is running, supervised or not`() throws {
        let current = try #require(ProcessIdentity.current)
        try files.write(live: state(running(current), supervisor: current), of: id)
        #expect(files.state(of: id).status == running(current))
        #expect(files.isSupervised(files.state(of: id)))
        try files.write(live: state(running(current), supervisor: dead), of: id)
        #expect(files.state(of: id).status == running(current))
        #expect(!files.isSupervised(files.state(of: id)))
    }

    @Test func `what was written last counts, in whichever run folder`() throws {
        let current = try #require(ProcessIdentity.current)
        func at(_ time: UInt64, _ status: Status, _ supervisor: ProcessIdentity? = nil, run: String? = nil)
            -> ContainerState
        {
            var state = state(status, supervisor: supervisor)
            (state.written, state.run) = (Timestamp(nanoseconds: time), run)
            return state
        }
        var other = files.layout
        other.run = "\(folder.path)/other"
        try Files.makeDirectories(other.runtime(id))
        let elsewhere = StateFiles(other, boot: "today")
        let exit = Status.exited(Exit(code: 1, at: Timestamp(nanoseconds: 10)))
        try files.write(live: at(10, exit), of: id)
        try files.write(last: at(20, running(current), current, run: other.run), of: id)
        try elsewhere.write(live: at(30, .paused(Running(process: current, started: .now)), current), of: id)
        guard case .paused? = files.written(for: id)?.status else {
            Issue.record("\(files.state(of: id))")
            return
        }
        #expect(files.place(of: id).run == other.run && elsewhere.place(of: id).run == other.run)
        // The folder of that one has gone.
        try Files.removeTree(other.run)
        #expect(files.state(of: id).status == running(current) && files.place(of: id) == files.layout)
        // Started here since.
        try files.write(live: at(40, running(current), current), of: id)
        #expect(files.written(for: id)?.written == Timestamp(nanoseconds: 40))
    }

    @Test func `a state of a version that named no run folder is found in the older one`() throws {
        let current = try #require(ProcessIdentity.current)
        var newer = files.layout
        (newer.run, newer.olderRun) = ("\(folder.path)/newer", files.layout.run)
        try files.write(last: state(running(dead), supervisor: current), of: id)
        try files.write(live: state(running(current), supervisor: current), of: id)
        let there = StateFiles(newer, boot: "today")
        #expect(there.state(of: id).status == running(current))
        #expect(there.place(of: id).run == files.layout.run)
    }

    @Test func `what ran before a reboot has exited, even if its process id lives again`() throws {
        let current = try #require(ProcessIdentity.current)
        try files.write(live: state(running(current), boot: "yesterday"), of: id)
        try files.write(last: state(running(current), boot: "yesterday"), of: id)
        guard case .exited(let exit) = files.state(of: id).status else {
            Issue.record("\(files.state(of: id).status)")
            return
        }
        #expect(exit.code == 255)
        #expect(exit.reason == "the host went down while it ran")
        #expect(exit.started == Timestamp(nanoseconds: 3))
    }

    @Test func `what ended without a supervisor has exited with an unknown status`() throws {
        try files.write(live: state(running(dead), supervisor: dead), of: id)
        guard case .exited(let exit) = files.state(of: id).status else {
            Issue.record("\(files.state(of: id).status)")
            return
        }
        #expect(exit.code == 255)
        #expect(exit.reason?.contains("unknown") == true)
    }

    @Test func `a restart that nobody is left to make is an exit`() throws {
        let exit = Exit(code: 3, at: Timestamp(nanoseconds: 4))
        try files.write(
            live: state(.restarting(at: Timestamp(nanoseconds: 9), attempt: 2, last: exit), supervisor: dead), of: id)
        var told = exit
        told.reason = "its supervisor was killed before it was started again"
        #expect(files.state(of: id).status == .exited(told))
    }

    @Test func `the last five health checks are read as they were written`() throws {
        var log = HealthLog()
        for number in 0..<7 {
            let time = Timestamp(nanoseconds: UInt64(number))
            log.add(.init(start: time, end: time, exitCode: Int32(number - 3), output: "\(number) \"said\"\n"))
        }
        log.failingStreak = 2
        #expect(log.checks.map(\.exitCode) == [-1, 0, 1, 2, 3])
        #expect(files.healthLog(of: id) == nil)
        try files.write(log, of: id)
        #expect(files.healthLog(of: id) == log)
    }

    @Test func `a document that is none names its file`() throws {
        try Files.replace(files.layout.record(id), with: Array("{\"id\": 3}".utf8))
        #expect { try files.record(of: id) } throws: { "\($0)".contains(files.layout.record(id)) }
    }

    @Test func `events are appended and found by container, newest last`() {
        let log = EventLog(path: "\(folder.path)/events.log")
        for number in 0..<10 {
            log.append(
                Event(
                    time: Timestamp(nanoseconds: UInt64(number)), container: number % 2 == 0 ? "even" : "odd",
                    name: "n", kind: .started))
        }
        #expect(log.last(3).map(\.time.nanoseconds) == [7, 8, 9])
        #expect(log.last(2, of: "even").map(\.time.nanoseconds) == [6, 8])
    }

    @Test func `of two who find the log of events full, the second moves no newer one over it`() throws {
        let log = EventLog(path: "\(folder.path)/events.log")
        let event = Event(time: .now, container: "c", name: "n", kind: .started)
        try Files.replace(log.path, with: [], durable: false)
        truncate(log.path, EventLog.maximumSize + 1)
        let first = try FileDescriptor.open(log.path)
        let second = try FileDescriptor.open(log.path)
        log.rotate(first)
        log.append(event)
        log.rotate(second)
        var status = stat()
        #expect(stat("\(log.path).1", &status) == 0 && status.st_size == EventLog.maximumSize + 1)
        #expect(Files.exists(log.path) && log.last(1) == [event])
    }

    private func event(_ number: Int, of container: String = "c") -> Event {
        Event(time: Timestamp(nanoseconds: UInt64(number)), container: container, name: "n", kind: .started)
    }

    @Test func `events are followed as they are written, whatever time they have, and all of many at once`() {
        let log = EventLog(path: "\(folder.path)/events.log")
        var late = EventReader(log, from: .end)
        #expect(late.next().isEmpty)
        log.append(event(500))
        var reader = EventReader(log, from: .end, of: "c")
        #expect(late.next().map(\.time.nanoseconds) == [500] && reader.next().isEmpty)
        for number in (0..<1_500).reversed() { log.append(event(number, of: number % 3 == 0 ? "c" : "other")) }
        #expect(reader.next().map(\.time.nanoseconds) == (0..<1_500).reversed().filter { $0 % 3 == 0 }.map(UInt64.init))
        #expect(late.next().count == 1_500 && reader.next().isEmpty)
        var oldest = EventReader(log, from: .oldest)
        #expect(oldest.next().count == 1_501)
    }

    @Test func `events are followed into the next file, and whoever has the one before it open loses none`() throws {
        let log = EventLog(path: "\(folder.path)/events.log")
        log.append(event(1))
        var reader = EventReader(log, from: .end)
        let old = try FileDescriptor.open(log.path, flags: O_RDWR | O_APPEND)
        log.append(event(2))
        log.rotate(old)
        log.append(event(3))
        #expect(reader.next().map(\.time.nanoseconds) == [2, 3])
        try old.write(JSON.encode(event(4)) + [UInt8(ascii: "\n")])
        log.append(event(5))
        #expect(reader.next().map(\.time.nanoseconds) == [4, 5])
        var oldest = EventReader(log, from: .oldest)
        #expect(oldest.next().map(\.time.nanoseconds) == [1, 2, 4, 3, 5])
    }

    @Test func `half an event is not one yet`() throws {
        let log = EventLog(path: "\(folder.path)/events.log")
        var reader = EventReader(log, from: .end)
        let line = try JSON.encode(event(7))
        let file = try FileDescriptor.open(log.path, flags: O_WRONLY | O_APPEND | O_CREAT)
        try file.write(line.prefix(9))
        #expect(reader.next().isEmpty)
        try file.write(line.dropFirst(9) + [UInt8(ascii: "\n")])
        #expect(reader.next() == [event(7)])
    }
}
