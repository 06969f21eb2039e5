import Containers
import Glibc
import Linux
import Records
import Testing

/// A suite of containers, and of what happens to those who supervise them.
protocol SupervisedContainers {
    var place: VerbsPlace { get }
}

extension SupervisedContainers {
    var containers: Containers { place.containers }
    var files: StateFiles { StateFiles(place.layout) }

    func run(_ script: String, _ adjust: (inout NewContainer) -> Void = { _ in }) throws -> ContainerRecord {
        let record = try containers.create(try place.shell(script, adjust))
        _ = try containers.start(record.id)
        return record
    }

    func sleeper(_ adjust: (inout NewContainer) -> Void = { _ in }) throws -> ContainerRecord {
        try run("exec sleep 100", adjust)
    }

    func supervisor(of record: ContainerRecord) throws -> ProcessIdentity {
        try #require(files.written(for: record.id)?.supervisor)
    }

    func process(of record: ContainerRecord) throws -> ProcessIdentity {
        try #require(place.status(of: record.id).process)
    }

    func killSupervisor(of record: ContainerRecord, and process: ProcessIdentity? = nil) throws {
        let supervisor = try supervisor(of: record)
        kill(supervisor.pid, SIGKILL)
        if let process { kill(process.pid, SIGKILL) }
        while supervisor.isAlive || process?.isAlive ?? false { usleep(1_000) }
    }

    /// It comes to run again, as another process than `process`.
    func expectAnotherLife(
        of record: ContainerRecord, than process: ProcessIdentity, _ location: SourceLocation = #_sourceLocation
    ) {
        let status = place.status(of: record.id) { $0.isRunning && $0.process != process }
        #expect(status.isRunning && status.process != process, sourceLocation: location)
    }

    var detached: ExecRequest {
        var request = ExecRequest(["true"])
        request.detach = true
        return request
    }
}
