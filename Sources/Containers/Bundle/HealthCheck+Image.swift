import OCI
import Records

extension HealthCheck {
    /// What was asked for, else what the image brings along; `nil` for none.
    init?(_ asked: NewContainer.Health, _ image: ImageConfiguration.Healthcheck?) {
        switch asked {
        case .none: return nil
        case .check(let check): self = check
        case .image:
            guard let image, let test = image.test, let kind = test.first else { return nil }
            switch kind {
            case "CMD" where test.count > 1: self.init(command: Array(test.dropFirst()))
            case "CMD-SHELL" where test.count == 2: self.init(command: ["/bin/sh", "-c", test[1]])
            default: return nil
            }
            // Nanoseconds; 0 is the default, as docker writes it.
            // Checks are begun outside of the container's limits: an image does not say how often without end.
            if let value = image.interval, value > 0 { interval = max(1, Double(value) / 1e9) }
            if let value = image.timeout, value > 0 { timeout = max(1, Double(value) / 1e9) }
            if let value = image.startPeriod, value > 0 { startPeriod = Double(value) / 1e9 }
            if let value = image.startInterval, value > 0 { startInterval = max(1, Double(value) / 1e9) }
            if let value = image.retries, value > 0 { retries = value }
        }
    }
}
