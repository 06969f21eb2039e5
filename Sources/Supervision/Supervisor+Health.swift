import Cgroups
import Glibc
import Linux
import Records
import RuntimeCore

extension Supervisor {
    /// The time of a check has come: begins one, or ends the one that does not even say that it took too long.
    mutating func checkHealth(_ now: MonotonicTime) {
        if let checker = takeChecker() {
            let began = checker.began
            checker.end()
            conclude(Checker.Verdict(kind: .late), began: began)
            return
        }
        // Nothing gets anywhere in there, and that says nothing of the container's health.
        if standsStill() {
            health?.putOff(now)
            return
        }
        health?.checkBegins(now)
        do {
            let checker = try beginCheck()
            try poller.add(checker.number, as: Token.check, for: .read)
            self.checker = consume checker
        } catch {
            conclude(Checker.Verdict(kind: .failed, output: Array("\(error)".utf8)), began: .now)
        }
    }

    /// A check has something to say.
    mutating func healthChecked() {
        guard let checker = takeChecker() else { return }
        let began = checker.began
        conclude(checker.verdict() ?? Checker.Verdict(kind: .failed, output: Array("it was killed".utf8)), began: began)
        reapStrays()
    }

    /// Wants to know nothing of the check that runs, which ends then, and begins no more until `goOnChecking`.
    mutating func restFromChecks() {
        _ = takeChecker()
        health?.rest()
    }

    /// The time that it stood still is no time without a check: the next one comes after an interval.
    mutating func goOnChecking() { health?.putOff(.now) }

    /// No more checks, at once: the container has ended.
    mutating func endChecks() {
        health = nil
        if let checker = takeChecker() { checker.end() }
    }

    private mutating func takeChecker() -> Checker? {
        guard let checker = checker.take() else { return nil }
        poller.remove(checker.number)
        return checker
    }

    private mutating func beginCheck() throws(SupervisionError) -> Checker {
        guard let check = health?.check, let process = life?.running.process else {
            throw .refused("the container does not run")
        }
        let bundle = Bundle(record: record, layout: layout, hierarchy: hierarchy)
        let precedence = precedence
        return try Checker(timeout: check.timeout) { (output) throws(SupervisionError) in
            precedence.giveUp()
            return try bundle.execute(check.command, beside: process, output: output, patience: check.timeout)
        }
    }

    /// Whether the container is paused, by this supervisor or by somebody else.
    private mutating func standsStill() -> Bool { life?.isPaused ?? false || cgroup()?.isFrozen == true }

    private mutating func conclude(_ verdict: Checker.Verdict, began: Timestamp) {
        guard let check = health?.check else { return }
        // The freeze has caught it.
        if verdict.kind != .ended, standsStill() {
            health?.putOff(.now)
            return
        }
        let before = health?.health
        let passed = verdict.kind == .ended && verdict.code == 0
        health?.checkEnds(passed: passed, began: verdict.kind != .failed, .now)
        let output = String(decoding: verdict.output, as: UTF8.self)
        let limit = Int(exactly: check.timeout).map(String.init) ?? "\(check.timeout)"
        healthLog.failingStreak = health?.failures ?? 0
        healthLog.add(
            HealthLog.Check(
                start: began, end: .now, exitCode: verdict.code,
                output: verdict.kind == .late ? "it took longer than \(limit) s: \(output)" : output))
        try? files.write(healthLog, of: id)
        guard let after = health?.health, after != before else { return }
        state.health = after
        set(state.status)
        say(.health, after == .unhealthy ? "\(after.rawValue), \(Self.reason(verdict, output))" : after.rawValue)
    }

    private static func reason(_ verdict: Checker.Verdict, _ output: String) -> String {
        switch verdict.kind {
        case .ended: "exit code \(verdict.code)"
        case .late: "timed out"
        case .failed: output
        }
    }

    /// Waits for what checks have left behind: processes that a freeze had caught. Not for the container's own.
    private mutating func reapStrays() {
        // The hooks of the end have somebody who waits for them.
        guard let own = life?.running.process.pid, endHooks == nil else { return }
        while true {
            var info = siginfo_t()
            guard waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 else { return }
            let pid = info._sifields._sigchld.si_pid
            if pid == 0 || pid == own { return }
            waitpid(pid, nil, WNOHANG)
        }
    }
}
