import ArgumentParser
import Flags
import Linux

/// What scripts for docker say of a container, and holds anyhow; what asks for something else is refused.
struct CreationCompatibility: ParsableArguments {
    @Option(name: .long, help: "default: there is no other. For scripts that say it.")
    var isolation: String?
    @Flag(
        name: .customLong("disable-content-trust"), inversion: .prefixedNo,
        help: "No signature of an image is asked for: for scripts that say so.")
    var disableContentTrust = true
    @Option(name: .customLong("volume-driver"), help: "local: there is no other. For scripts that say it.")
    var volumeDriver: String?
    @Option(name: .customLong("cpuset-mems"), help: "All of this host's memory nodes, as in 0: less is refused.")
    var memoryNodes: String?
    @Option(name: .long, help: "Refused: in a network containers find each other by name.")
    var link: [String] = []

    func validate() throws {
        if let isolation = isolation.given, isolation != "default" {
            throw refused("--isolation", isolation, "is not there: containers are kept apart in one way, the default")
        }
        guard disableContentTrust else {
            throw ValidationError("--disable-content-trust=false is not done here: no signatures are checked")
        }
        if let volumeDriver = volumeDriver.given, volumeDriver != "local" {
            throw refused("--volume-driver", volumeDriver, "is not there: volumes are folders of this host")
        }
        let nodes = Files.text("/sys/devices/system/node/online")?.prefix { $0 != "\n" } ?? "0"
        if let memoryNodes = memoryNodes.given, memoryNodes != nodes {
            throw refused("--cpuset-mems", memoryNodes, "is not done here: a container has all nodes, \(nodes)")
        }
        if let link = link.first {
            let name = link.prefix { $0 != ":" }
            throw ValidationError(
                "--link is not there: give \(name) and this one the same --network NAME, and they find each other by "
                    + "name; --network-alias gives a further one")
        }
    }

    private func refused(_ name: String, _ text: String, _ reason: String) -> ValidationError {
        ValidationError(FlagValue(name, text).refused(reason).description)
    }
}
