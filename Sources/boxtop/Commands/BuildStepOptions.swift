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

/// What scripts for docker say, and changes nothing here.
struct BuildCompatibility: ParsableArguments {
    @Flag(name: .customLong("rm"), help: "The containers of RUN are always removed: for scripts that say so.")
    var removes = false
    @Flag(name: .customLong("force-rm"), help: "The same.")
    var removesAlways = false
    @Flag(name: .long, help: "The image is always in the store: for scripts that say so.")
    var load = false
    @Option(name: .customLong("cache-from"), help: "Nothing: the cache is this host's. For scripts that say it.")
    var cacheSources: [String] = []
    @Option(name: .customLong("cache-to"), help: "type=inline, which changes nothing. For scripts that say it.")
    var cacheTargets: [String] = []
    @Flag(name: .long, help: "The folder is not sent anywhere: for scripts that say so.")
    var compress = false
    @Option(name: .long, help: "default: there is no other. For scripts that say it.")
    var isolation: String?
    @Option(name: .long, help: "The same.")
    var builder: String?
    @Option(name: .long, help: "false: no account of how it was built is kept. For scripts that say it.")
    var provenance: String?
    @Option(name: .long, help: "The same of what is in it.")
    var sbom: String?
    @Option(name: .long, help: "Refused: no agent is passed on to RUN.")
    var ssh: [String] = []

    func validate() throws {
        for (name, value) in [("--provenance", provenance), ("--sbom", sbom)] {
            guard let value, value != "false", value != "0" else { continue }
            throw ValidationError("\(name)=\(value) is not done here: nothing but false is")
        }
        for (name, value) in [("--isolation", isolation.given), ("--builder", builder.given)] {
            guard let value, value != "default" else { continue }
            throw ValidationError("\(name) \(value) is not there: nothing but default is")
        }
        if let target = cacheTargets.first(where: { $0 != "type=inline" && !$0.isEmpty }) {
            throw ValidationError("--cache-to \(target) is not done here: the cache is this host's")
        }
        guard ssh.isEmpty else {
            throw ValidationError(
                "--ssh is not done here, since no agent is passed on: give a key with --secret id=NAME,src=FILE, and "
                    + "RUN --mount=type=secret,id=NAME")
        }
    }
}
