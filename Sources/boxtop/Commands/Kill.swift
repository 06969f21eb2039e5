import ArgumentParser
import Containers
import Flags

struct Kill: Verb {
    static let configuration = CommandConfiguration.verb(
        "kill", "Send containers' first process a signal, KILL unless another is named.",
        example: "boxtop kill -s HUP web", usage: "[-s SIGNAL] CONTAINER ...")

    @Option(name: .joined("s", "signal"), help: "By name or number.")
    var signal = "KILL"
    @Argument(help: "Names or ids.", completion: .containers) var containers: [String]

    func run(in context: Context) throws -> Int32 {
        let signal = try FlagValue("--signal", signal).parsed(by: Parse.signal)
        return try context.each(containers) { containers, reference in
            try containers.kill(reference, signal: signal)
        }
    }
}
