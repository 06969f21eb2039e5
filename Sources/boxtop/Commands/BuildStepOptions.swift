import ArgumentParser
import Builds
import Containers
import Flags

/// What the container of each RUN is like, as `run` has it.
struct BuildStepOptions: ParsableArguments {
    @Option(name: [.customLong("network"), .customLong("net")], help: "The network of RUN, as run has it.")
    var network: String?
    @Option(name: .customLong("add-host"), help: "A line of /etc/hosts in each RUN: NAME:ADDRESS.")
    var hosts: [String] = []
    @Option(name: .customLong("shm-size"), parsing: .unconditional, help: "The size of /dev/shm in each RUN.")
    var sharedMemory: String?
    @Option(name: .long, help: "A limit of each RUN's processes: NAME=SOFT[:HARD].")
    var ulimit: [String] = []
    @OptionGroup(title: "LIMITS OF EACH RUN") var limits: LimitOptions

    func apply(to new: inout NewContainer, in context: Context) throws {
        new.network =
            if let network {
                try FlagValue("--network", network).parsed(by: Parse.network)
            } else {
                try context.usualNetwork(neededBy: nil)
            }
        new.extraHosts = try hosts.map { try FlagValue("--add-host", $0).parsed(by: Parse.host) }
        new.sharedMemory = try sharedMemory.map { try FlagValue("--shm-size", $0).bytes() }
        new.ulimits = try ulimit.map { try FlagValue("--ulimit", $0).parsed(by: Parse.ulimit) }
        try limits.apply(to: &new)
    }
}
