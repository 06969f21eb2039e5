/// How to see whether a container is well: a command that is run inside it again and again.
package struct HealthCheck: Hashable, Sendable, Codable {
    /// Run inside the container as its own user; status 0 is healthy.
    package var command: [String]
    /// Seconds from the end of one check to the next.
    package var interval: Double = 30
    /// Seconds that a check may take; longer is a failure.
    package var timeout: Double = 30
    /// So many failures in a row make it unhealthy.
    package var retries: Int = 3
    /// Seconds after its start in which failures do not count.
    package var startPeriod: Double = 0
    /// Seconds from one check to the next until the first has passed, within the start period; `nil`: `interval`, but
    /// five at most.
    package var startInterval: Double?

    package init(command: [String]) { self.command = command }
}
