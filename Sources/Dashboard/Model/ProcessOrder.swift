import Monitoring

/// What the processes of a container are sorted by. Ids rise, use falls.
enum ProcessOrder: CaseIterable, Hashable, Sendable {
    case tree, pid, cpu, memory

    var title: String {
        switch self {
        case .tree: "tree"
        case .pid: "pid"
        case .cpu: "CPU"
        case .memory: "memory"
        }
    }

    var explanation: String {
        switch self {
        case .tree: "each below the one that started it"
        case .pid: "the oldest first, as a rule"
        case .cpu: "who uses most of it first"
        case .memory: "who has most of it first"
        }
    }

    /// `processes`, which come as a tree, in this order; those that are alike by their ids.
    func sorted(_ processes: [ProcessReading]) -> [ProcessReading] {
        func falling<Value: Comparable>(_ value: (ProcessReading) -> Value) -> [ProcessReading] {
            processes.sorted { (value($1), $0.pid) < (value($0), $1.pid) }
        }
        return switch self {
        case .tree: processes
        case .pid: processes.sorted { $0.pid < $1.pid }
        case .cpu: falling { $0.cpu ?? 0 }
        case .memory: falling { $0.memory }
        }
    }
}
