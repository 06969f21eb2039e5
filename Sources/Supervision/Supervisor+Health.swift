import Glibc
import JSON
import Linux
import OCI
import Records
import RuntimeCore

extension Supervisor {
    /// The time of a check has come: begins one, or ends the one that has taken too long.
    mutating func checkHealth(_ now: MonotonicTime) {
        if let process = check.take() {
            poller.remove(process.number)
            try? process.send(signal: SIGKILL)
            _ = try? process.wait()
            checkEnded(passed: false)
            return
        }
        health?.checkBegins(now)
        do {
            let process = try beginCheck()
            try poller.add(process.number, as: Token.check, for: .read)
            check = consume process
        } catch {
            checkEnded(passed: false)
        }
    }

    mutating func healthChecked() {
        guard let process = check.take() else { return }
        poller.remove(process.number)
        checkEnded(passed: (try? process.wait()) == 0)
    }

    private mutating func checkEnded(passed: Bool) {
        let before = health?.health
        health?.checkEnds(passed: passed, .now)
        guard let after = health?.health, after != before else { return }
        state.health = after
        set(state.status)
        say(.health, after.rawValue)
    }

    private mutating func beginCheck() throws -> FileDescriptor {
        guard let command = health?.check.command, let process = life?.running.process else {
            throw SupervisionError.refused("it does not run")
        }
        let spec = try JSON.decode(OCI.RuntimeSpec.self, from: Files.read(layout.configuration(id)))
        guard var description = spec.process else { throw SupervisionError.refused("it has no process") }
        description.args = command
        description.terminal = false
        let null = try FileDescriptor.open("/dev/null", flags: O_RDWR)
        let request = ExecRequest(
            pid: process.pid, startTime: process.startTime, spec: spec, process: description,
            cgroup: layout.cgroup(id), input: null.number, output: null.number, error: null.number)
        let launched = try execute(request)
        return try launched.process.duplicate()
    }
}
