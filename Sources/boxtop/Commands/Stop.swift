import ArgumentParser
import Containers
import Flags

struct Stop: Verb {
    static let configuration = CommandConfiguration.verb(
        "stop", "Ask containers to end, and kill those that don't in time.", example: "boxtop stop -t 3 web worker",
        usage: "[-t SECONDS] [-s SIGNAL] CONTAINER ...")

    @Option(
        name: [.customShort("t", allowingJoined: true), .customLong("time"), .customLong("timeout")],
        parsing: .unconditional,
        help: "Seconds from the signal to SIGKILL; -1 for ever; else the container's own, 10 as a rule.")
    var time: String?
    @Option(name: .joined("s", "signal"), help: "The signal that asks; else the container's own, TERM as a rule.")
    var signal: String?
    @Argument(help: "Names or ids.", completion: .containers) var containers: [String]

    func run(in context: Context) throws -> Int32 {
        let timeout = try time.map { try FlagValue("--time", $0).grace() }
        let signal = try signal.map { try FlagValue("--signal", $0).parsed(by: Parse.signal) }
        return try Self.stop(containers, signal: signal, timeout: timeout, in: context)
    }

    static func stop(
        _ names: [String], signal: Int32? = nil, timeout: Double? = nil, in context: Context
    ) throws -> Int32 {
        try context.each(names) { containers, reference in
            try containers.beginStop(reference, signal: signal, timeout: timeout)
        } end: { containers, pending in
            try containers.end(pending)
        }
    }
}
