import Records

/// When a container that has ended is started again: its policy, and waits that double while it keeps failing.
struct RestartRule: Hashable, Sendable {
    enum Decision: Hashable, Sendable {
        case end
        /// Start again after this many seconds.
        case restart(after: Double)
    }

    /// A life of this many seconds counts as good: the next wait is the first again.
    static let goodLife = 10.0
    static let firstWait = 0.1
    static let longestWait = 60.0

    /// Starts since the last good life, which the waits double by.
    private(set) var attempts = 0
    /// All starts by the policy, which `on-failure:N` bounds: a life that is good in between gives none back, as with
    /// docker.
    private var retries = 0

    /// What to do after a life of `seconds` that ended with `code`.
    ///
    /// - Parameter stopped: a person has ended it: no policy starts it again.
    mutating func decide(_ policy: RestartPolicy, code: Int32, life seconds: Double, stopped: Bool) -> Decision {
        if stopped { return .end }
        if seconds >= Self.goodLife { attempts = 0 }
        switch policy {
        case .no: return .end
        case .onFailure(let most): if code == 0 || most.map({ retries >= $0 }) ?? false { return .end }
        case .always, .unlessStopped: break
        }
        defer { (attempts, retries) = (attempts + 1, retries + 1) }
        // 2^20 waits are past the longest already: the shift must not run over.
        return .restart(after: min(Self.firstWait * Double(1 << min(attempts, 20)), Self.longestWait))
    }
}
