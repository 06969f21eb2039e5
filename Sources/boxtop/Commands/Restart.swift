import ArgumentParser
import Containers
import Flags

struct Restart: Verb {
    static let configuration = CommandConfiguration.verb(
        "restart", "Stop containers and start them again.", example: "boxtop restart -t 3 web",
        usage: "[-t SECONDS] [-s SIGNAL] CONTAINER ...")

    @Option(
        name: [.customShort("t", allowingJoined: true), .customLong("time"), .customLong("timeout")],
        parsing: .unconditional,
        help: "Seconds from the stop signal to SIGKILL; -1 for ever.")
    var time: String?
    @Option(name: .joined("s", "signal"), help: "The signal that asks; else the container's own, TERM as a rule.")
    var signal: String?
    @Argument(help: "Names or ids.", completion: .containers) var containers: [String]

    func run(in context: Context) throws -> Int32 {
        let timeout = try time.map { try FlagValue("--time", $0).grace() }
        let signal = try signal.map { try FlagValue("--signal", $0).parsed(by: Parse.signal) }
        return try context.each(containers) { containers, reference in
            try containers.beginRestart(reference, signal: signal, timeout: timeout)
        } end: { containers, pending in
            try containers.end(pending)
        }
    }
}
