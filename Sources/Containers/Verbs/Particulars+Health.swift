import Monitoring
import Records

extension Particulars {
    /// How a container is seen to be well, and what the last checks have said, the newest first; no lines without a check.
    static func health(_ container: ContainerInspection) -> Particulars {
        guard let check = container.record.health else { return Particulars(title: "Health", lines: []) }
        var lines = [check.command.joined(separator: " ").onOneLine, rule(check)]
        let log = container.healthLog ?? HealthLog()
        if log.failingStreak > 0 {
            lines.append("\(log.failingStreak) failure\(log.failingStreak == 1 ? "" : "s") in a row")
        }
        for (age, check) in log.checks.reversed().enumerated() {
            let said = check.output.split(whereSeparator: \.isNewline).map(String.init)
            let end = check.exitCode < 0 ? "no exit code" : "exit code \(check.exitCode)"
            lines.append("at \(check.start) \(end)\(said.first.map { ": \($0)" } ?? "")")
            // What is wrong now is wanted in full.
            if age == 0 { lines += said.dropFirst() }
        }
        return Particulars(title: "Health", lines: lines)
    }

    /// `every 30 s, for at most 30 s; unhealthy after 3 failures in a row, those of its first 5 s left out`
    private static func rule(_ check: HealthCheck) -> String {
        let failures = check.retries == 1 ? "1 failure" : "\(check.retries) failures in a row"
        let rule =
            "every \(seconds(check.interval)), for at most \(seconds(check.timeout)); unhealthy after \(failures)"
        return check.startPeriod > 0 ? "\(rule), those of its first \(seconds(check.startPeriod)) left out" : rule
    }

    /// `30 s`, `0.5 s`
    private static func seconds(_ seconds: Double) -> String {
        seconds == seconds.rounded() && seconds < 1e9 ? "\(Int(seconds)) s" : "\(seconds) s"
    }
}
