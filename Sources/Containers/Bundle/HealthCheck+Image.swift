import OCI
import Records

/// Times of a health check, each absent where none was given.
package struct HealthTimes: Hashable, Sendable {
    /// Seconds.
    package var interval: Double?
    package var timeout: Double?
    package var startPeriod: Double?
    package var startInterval: Double?
    package var retries: Int?

    package init() {}
}

extension HealthCheck {
    /// What was asked for, else what the image brings along; `nil` for none.
    init?(_ asked: NewContainer.Health, _ image: ImageConfiguration.Healthcheck?) {
        switch asked {
        case .none: return nil
        case .image: self.init(image)
        case .timed(let times):
            self.init(image)
            take(times)
        case .check(let command, let times):
            // As docker has it, another command keeps the image's times.
            self.init(command: command)
            if let image { take(image) }
            take(times)
        }
    }

    private init?(_ image: ImageConfiguration.Healthcheck?) {
        guard let image, let test = image.test, let kind = test.first else { return nil }
        switch kind {
        case "CMD" where test.count > 1: self.init(command: Array(test.dropFirst()))
        case "CMD-SHELL" where test.count == 2: self.init(command: ["/bin/sh", "-c", test[1]])
        default: return nil
        }
        take(image)
    }

    /// Puts the image's times, nanoseconds or 0 for the default, in place of its own.
    private mutating func take(_ image: ImageConfiguration.Healthcheck) {
        // Checks are begun outside of the container's limits: an image does not say how often without end.
        if let value = image.interval, value > 0 { interval = max(1, Double(value) / 1e9) }
        if let value = image.timeout, value > 0 { timeout = max(1, Double(value) / 1e9) }
        if let value = image.startPeriod, value > 0 { startPeriod = Double(value) / 1e9 }
        if let value = image.startInterval, value > 0 { startInterval = max(1, Double(value) / 1e9) }
        if let value = image.retries, value > 0 { retries = value }
    }

    /// Puts those of `times` that were given in place of its own.
    private mutating func take(_ times: HealthTimes) {
        interval = times.interval ?? interval
        timeout = times.timeout ?? timeout
        startPeriod = times.startPeriod ?? startPeriod
        startInterval = times.startInterval ?? startInterval
        retries = times.retries ?? retries
    }
}

extension HealthCheck {
    /// The longest time, in seconds, that images and docker can say.
    package static let longest: Double = 9e9

    /// A time as images and docker have it: an image may bring along one that is longer, in seconds, than 64 bits hold
    /// in nanoseconds.
    package static func nanoseconds(_ seconds: Double) -> Int64 {
        Int64((min(max(0, seconds), longest) * 1e9).rounded())
    }

    /// Its command as images and docker have it.
    package var test: [String] {
        command.count == 3 && command[..<2] == ["/bin/sh", "-c"] ? ["CMD-SHELL", command[2]] : ["CMD"] + command
    }
}

extension ImageConfiguration.Healthcheck {
    /// What was asked for, as images have it; without a test for times alone, and `nil` for the image's own.
    init?(_ asked: NewContainer.Health) {
        self.init()
        switch asked {
        case .image: return nil
        case .none: test = ["NONE"]
        case .check(let words, let times):
            test = HealthCheck(command: words).test
            set(times)
        case .timed(let times): set(times)
        }
    }

    private mutating func set(_ times: HealthTimes) {
        let nanoseconds = HealthCheck.nanoseconds
        interval = times.interval.map(nanoseconds)
        timeout = times.timeout.map(nanoseconds)
        startPeriod = times.startPeriod.map(nanoseconds)
        startInterval = times.startInterval.map(nanoseconds)
        retries = times.retries
    }
}
