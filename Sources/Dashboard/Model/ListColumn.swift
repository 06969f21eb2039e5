/// A column of the list that a person may choose; sign, name and the note at the end are always there.
package enum ListColumn: String, CaseIterable, Hashable, Sendable {
    case id, image, cpu, memory, processes, net, disk, pressure, uptime, restarts, health, command, ports

    static let usual: [ListColumn] = [.image, .cpu, .memory, .processes, .net, .disk, .ports, .uptime, .restarts]

    var title: String {
        switch self {
        case .id: "ID"
        case .image: "IMAGE"
        case .cpu: "CPU"
        case .memory: "MEMORY"
        case .processes: "PROCS"
        case .net: "NET ↓ ↑"
        case .disk: "DISK r w"
        case .pressure: "PRESSURE"
        case .uptime: "UPTIME"
        case .restarts: "RST"
        case .health: "HEALTH"
        case .command: "COMMAND"
        case .ports: "PORTS"
        }
    }

    /// For the menu of columns.
    var explanation: String {
        switch self {
        case .id: "the first 12 digits of the id"
        case .image: "the image it was made from"
        case .cpu: "CPU in use, of the limit"
        case .memory: "memory in use without page cache, of the limit"
        case .processes: "processes and threads, of the limit"
        case .net: "bytes a second received and sent"
        case .disk: "bytes a second read and written"
        case .pressure: "percent of time that tasks waited: cpu, memory, io"
        case .uptime: "time since the start"
        case .restarts: "how often the policy started it again"
        case .health: "what the health check says"
        case .command: "the command line"
        case .ports: "ports of the host that lead in, where any are published"
        }
    }

    var sortKey: SortKey? {
        switch self {
        case .image: .image
        case .cpu: .cpu
        case .memory: .memory
        case .processes: .processes
        case .net: .net
        case .disk: .disk
        case .pressure: .pressure
        case .uptime: .uptime
        case .restarts: .restarts
        case .id, .health, .command, .ports: nil
        }
    }
}

/// What the list is sorted by. Names and images rise, everything else falls; `reverse` turns that.
package enum SortKey: String, CaseIterable, Hashable, Sendable {
    case name, image, cpu, memory, processes, net, disk, pressure, uptime, restarts, status

    var title: String {
        switch self {
        case .name: "name"
        case .image: "image"
        case .cpu: "CPU"
        case .memory: "memory"
        case .processes: "processes"
        case .net: "network"
        case .disk: "disk"
        case .pressure: "pressure"
        case .uptime: "uptime"
        case .restarts: "restarts"
        case .status: "status"
        }
    }
}
