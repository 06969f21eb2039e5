/// What a person asks of one container, of the name `name`.
struct Operation: Hashable, CustomStringConvertible {
    enum Verb: String, CaseIterable {
        case create, run, runOnce, start, stop, kill, remove, limit, pause, unpause
    }

    var verb: Verb
    var name: String
    /// MiB, for `create`, `run` and `limit`.
    var memory: Int

    /// The words after `boxtop`.
    func arguments(rootfs: String) -> [String] {
        let new = ["--name", name, "--memory", "\(memory)m", "--rootfs", rootfs, "/bin/busybox", "sleep", "1000"]
        return switch verb {
        case .create: ["create"] + new
        case .run: ["run", "-d"] + new
        case .runOnce: ["run", "-d", "--rm"] + new
        case .start: ["start", name]
        case .stop: ["stop", "-t", "0", name]
        case .kill: ["kill", name]
        case .remove: ["rm", "-f", name]
        case .limit: ["update", "--memory", "\(memory)m", name]
        case .pause: ["pause", name]
        case .unpause: ["unpause", name]
        }
    }

    var description: String { "\(verb.rawValue) \(name) \(memory)" }
}

/// How a container may be; the model of one name is the set of these that would be true.
struct Possible: Hashable, CustomStringConvertible {
    enum Status: String { case absent, created, running, paused, exited }

    var status = Status.absent
    var memory = 0
    /// It is removed when it ends.
    var once = false

    static let absent = Possible()

    var description: String { status == .absent ? "absent" : "\(status) \(memory)\(once ? " once" : "")" }

    /// What it is once its processes are gone.
    var ended: Possible {
        guard status == .running || status == .paused else { return self }
        return once ? .absent : with(.exited)
    }

    /// What may be left of it after the host has gone down: the note that it is removed at its end may have had no
    /// reader any more.
    var afterPowerCut: Set<Possible> { once ? [.absent, with(.exited), with(.created)] : [ended] }

    func with(_ status: Status) -> Possible {
        var result = self
        result.status = status
        return result
    }

    /// How it is after `operation`, step by step as far as it may be seen; empty where it is refused.
    func steps(of operation: Operation) -> [Possible] {
        let made = Possible(status: .created, memory: operation.memory, once: operation.verb == .runOnce)
        switch (operation.verb, status) {
        case (.create, .absent): return [made]
        case (.run, .absent), (.runOnce, .absent): return [made, made.with(.running)]
        case (.start, .created), (.start, .exited): return [with(.running)]
        // What runs already, and what has ended already, is as was asked for.
        case (.start, .running), (.stop, .exited), (.stop, .created): return [self]
        case (.stop, .running), (.stop, .paused), (.kill, .running), (.kill, .paused): return [ended]
        // By force, what is not there is as was asked for too.
        case (.remove, .absent): return [self]
        case (.remove, _): return [with(.exited), .absent]
        case (.limit, .absent): return []
        case (.limit, _):
            var result = self
            result.memory = operation.memory
            return [result]
        case (.pause, .running): return [with(.paused)]
        case (.unpause, .paused): return [with(.running)]
        default: return []
        }
    }
}

/// How an operation ended for whoever asked.
enum Outcome: Hashable {
    case acknowledged, refused
    /// Whoever asked was killed, or the host went down, before there was an answer.
    case unknown
}

extension Set<Possible> {
    /// What may be true after `operation` ended as `outcome`. Empty where it cannot have ended so: the test has failed.
    ///
    /// - Parameter isSound: without a fault, what is possible may not be refused.
    func after(_ operation: Operation, _ outcome: Outcome, isSound: Bool) -> Set<Possible> {
        var result: Set<Possible> = []
        for possible in self {
            let steps = possible.steps(of: operation)
            switch outcome {
            case .acknowledged: if let last = steps.last { result.insert(last) }
            case .refused:
                if steps.isEmpty || !isSound { result.insert(possible) }
                // A launch that was struck down has ended: what is left says so.
                if !isSound { result.formUnion(steps + steps.map(\.ended)) }
            case .unknown:
                result.insert(possible)
                result.formUnion(steps)
            }
            // Nothing of one that its end removes had to reach the disk. It is there after its end only where the power
            // was cut, may not start then, and goes.
            if possible.once && operation.verb == .start && outcome != .acknowledged {
                result.formUnion([possible, .absent])
            }
        }
        return result
    }

    /// What may be true where its processes may have been killed.
    ///
    /// - Parameter orphaned: there may have been no supervisor to remove it.
    func orEnded(orphaned: Bool) -> Set<Possible> {
        var result = self
        for possible in self {
            result.insert(possible.ended)
            if orphaned && possible.ended != possible { result.insert(possible.with(.exited)) }
        }
        return result
    }
}
