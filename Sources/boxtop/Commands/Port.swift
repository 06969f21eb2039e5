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

    func run(in context: Context) throws -> Int32 {
        let record = try context.containers().find(container)
        let wanted = try port.map { try FlagValue("PORT", $0).parsed(by: Parse.port) }
        var isFound = false
        for published in record.network?.ports ?? [] {
            for offset in 0..<published.count {
                let inside = published.port &+ offset
                if let wanted, wanted.port != inside || wanted.transport != published.transport { continue }
                isFound = true
                let address = published.address.map { $0.contains(":") ? "[\($0)]" : $0 } ?? "0.0.0.0"
                let outside = "\(address):\(published.hostPort &+ offset)"
                Stream.output.say(wanted == nil ? "\(inside)/\(published.transport.rawValue) -> \(outside)" : outside)
            }
        }
        if let port, !isFound { throw Failure("container \(record.name) publishes no port \(port)") }
        return 0
    }
}
