import ArgumentParser
import Containers
import Flags
import Records

/// How it is found out whether the program does its work.
struct HealthOptions: ParsableArguments {
    @Option(name: .customLong("health-cmd"), help: "A command line run inside; status 0 is healthy.")
    var command: String?
    @Option(
        name: .customLong("health-interval"), parsing: .unconditional,
        help: "Time between checks: the image's, else 30s.")
    var interval: String?
    @Option(
        name: .customLong("health-timeout"), parsing: .unconditional,
        help: "How long a check may take: the image's, else 30s.")
    var timeout: String?
    @Option(
        name: .customLong("health-retries"), parsing: .unconditional,
        help: "So many failures in a row make it unhealthy: the image's, else 3.")
    var retries: String?
    @Option(
        name: .customLong("health-start-period"), parsing: .unconditional,
        help: "Time after a start in which failures do not count.")
    var startPeriod: String?
    @Option(
        name: .customLong("health-start-interval"), parsing: .unconditional,
        help: "Time between checks within the start period until one has passed, 5s at most unless given.")
    var startInterval: String?
    @Flag(name: .customLong("no-healthcheck"), help: "No check, though the image has one.")
    var none = false

    func read() throws -> NewContainer.Health {
        if none {
            guard command == nil else {
                throw Failure("--no-healthcheck and --health-cmd exclude each other: leave one out")
            }
            return .none
        }
        let times = try times()
        guard let command else { return times == HealthTimes() ? .image : .timed(times) }
        return .check(["/bin/sh", "-c", command], times)
    }

    private func times() throws -> HealthTimes {
        var times = HealthTimes()
        if let interval { times.interval = try Self.pause("--health-interval", interval) }
        if let timeout { times.timeout = try Self.pause("--health-timeout", timeout) }
        if let retries {
            let count = Int(try FlagValue("--health-retries", retries).number(in: 0...1_000))
            // As docker has it: 0 is the default.
            if count > 0 { times.retries = count }
        }
        if let startPeriod {
            let seconds = try Self.time("--health-start-period", startPeriod)
            if seconds > 0 { times.startPeriod = seconds }
        }
        if let startInterval { times.startInterval = try Self.pause("--health-start-interval", startInterval) }
        return times
    }

    /// As docker has it: 0 is the image's or the default, and less than a millisecond is refused.
    private static func pause(_ flag: String, _ text: String) throws -> Double? {
        let seconds = try time(flag, text)
        guard seconds == 0 || seconds >= 1e-3 else { throw Failure("\(flag): \(text) is too short: 1ms at least") }
        return seconds == 0 ? nil : seconds
    }

    /// No longer than an image's configuration could have it.
    private static func time(_ flag: String, _ text: String) throws -> Double {
        let seconds = try FlagValue(flag, text).seconds()
        guard seconds <= HealthCheck.longest else {
            throw Failure("\(flag): \(text) is too long: \(Int(HealthCheck.longest) / 3_600)h at most")
        }
        return seconds
    }
}
