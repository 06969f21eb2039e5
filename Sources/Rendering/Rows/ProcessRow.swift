import JSON
import Monitoring

/// One line of `top NAME`.
package struct ProcessRow: Listable {
    private let process: ProcessReading

    package init(_ process: ProcessReading) { self.process = process }

    package static let columns = [
        Column("pid", "PID", .right), Column("hostPid", "HOST PID", .right), Column("user", "UID", .right),
        Column("state", "S"), Column("cpuPercent", "CPU %", .right), Column("memory", "RSS", .right),
        Column("command", "COMMAND"), Column("depth"),
    ]

    package var cells: [Cell] {
        [
            cell(process.pid), cell(process.hostPid), cell(process.user), Cell(String(process.state)),
            Cell(process.cpu.map(Human.percent) ?? "–", .number(process.cpu.map { $0 * 100 })),
            Cell(Human.binary(process.memory), .integer(process.memory)),
            Cell(String(repeating: "  ", count: process.depth) + process.command, .string(process.command)),
            cell(process.depth),
        ]
    }

    package var quiet: String { "\(process.hostPid)" }
}
