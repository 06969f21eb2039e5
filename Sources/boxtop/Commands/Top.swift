import ArgumentParser
import Containers
import Glibc
import Records
import Rendering

struct Top: Verb {
    static let configuration = CommandConfiguration.verb(
        "top", "Show a container's processes, as a tree.", example: "boxtop top web")

    @OptionGroup var list: ListOptions
    @Argument(help: "Name or id.", completion: .containers) var container: String

    func run(in context: Context) throws -> Int32 {
        let style = try list.style()
        let containers = try context.containers()
        let record = try containers.find(container)
        guard containers.state(of: record).status.runningProcess != nil else {
            throw Failure("container \(record.name) does not run: boxtop start \(record.name) starts it")
        }
        let source = LiveContainers(containers)
        // Twice, since one sample has no rate.
        _ = source.processes(of: record.id)
        usleep(100_000)
        try Stream.output.list(source.processes(of: record.id).map { ProcessRow($0) }, style)
        return 0
    }
}
