import ArgumentParser
import Containers
import Flags

struct Restart: Verb {
    static let configuration = CommandConfiguration.verb(
        "restart", "Stop containers and start them again.", example: "boxtop restart -t 3 web",
        usage: "[-t SECONDS] CONTAINER ...")

    @Option(
        name: [.customShort("t", allowingJoined: true), .customLong("time"), .customLong("timeout")],
        parsing: .unconditional,
        help: "Seconds from the stop signal to SIGKILL; -1 for ever.")
    var time: String?
    @Argument(help: "Names or ids.", completion: .containers) var containers: [String]

    func run(in context: Context) throws -> Int32 {
        let timeout = try time.map { try FlagValue("--time", $0).grace() }
        return try context.each(containers) { containers, reference in
            try containers.beginRestart(reference, timeout: timeout)
        } end: { containers, pending in
            try containers.end(pending)
        }
    }
}
