import Glibc
import Linux
import Records

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
            checkEnded(passed: false, began: false)
        }
    }

    mutating func healthChecked() {
        guard let process = check.take() else { return }
        poller.remove(process.number)
        checkEnded(passed: (try? process.wait()) == 0)
    }

    private mutating func checkEnded(passed: Bool, began: Bool = true) {
        let before = health?.health
        health?.checkEnds(passed: passed, began: began, .now)
        guard let after = health?.health, after != before else { return }
        state.health = after
        set(state.status)
        say(.health, after.rawValue)
    }

    private mutating func beginCheck() throws(SupervisionError) -> FileDescriptor {
        guard let command = health?.check.command, let process = life?.running.process else {
            throw .refused("the container does not run")
        }
        let bundle = Bundle(record: record, layout: layout, hierarchy: hierarchy)
        let started = try Launcher.run { (_) throws(SupervisionError) in
            try bundle.execute(command, beside: process)
        }
        return started.intoProcess()
    }
}
