import ArgumentParser
import Containers
import Flags
import Records

struct Port: Verb {
    static let configuration = CommandConfiguration.verb(
        "port", "Show which ports of the host lead into a container.", example: "boxtop port web 80/tcp",
        usage: "CONTAINER [PORT[/tcp|udp]]")

    @Argument(help: "Name or id.", completion: .containers) var container: String
    @Argument(help: "Only this port of the container's.") var port: String?

    /// A port inside, or where several may be given, a range of them.
    static func wanted(
        _ text: String, as name: String = "PORT", mayBeRange: Bool = false
    ) throws(FlagError) -> PublishedPort {
        guard !text.contains(":"), let port = try? Parse.port(text), mayBeRange || port.count == 1 else {
            let example = mayBeRange ? "80, 53/udp or 8000-8010" : "80 or 53/udp"
            throw FlagValue(name, text).refused("is no port of a container: write it as in \(example)")
        }
        return port
    }

    func run(in context: Context) throws -> Int32 {
        let containers = try context.containers()
        let record = try containers.find(container)
        let isRunning = containers.state(of: record).status.running != nil
        let wanted = try port.map { try Self.wanted($0) }
        var isFound = false
        for published in isRunning ? record.network?.ports ?? [] : [] {
            for offset in 0..<published.count {
                let inside = published.port &+ offset
                if let wanted, wanted.port != inside || wanted.transport != published.transport { continue }
                isFound = true
                let address = published.address.map { $0.contains(":") ? "[\($0)]" : $0 } ?? "0.0.0.0"
                let outside = "\(address):\(published.hostPort &+ offset)"
                Stream.output.say(wanted == nil ? "\(inside)/\(published.transport.rawValue) -> \(outside)" : outside)
            }
        }
        if let port, !isFound {
            throw Failure("container \(record.name) publishes no port \(port)\(isRunning ? "" : ": it does not run")")
        }
        return 0
    }
}
