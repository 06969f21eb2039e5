import ArgumentParser
import Containers
import Flags
import Glibc
import Records
import Rendering

struct Top: Verb {
    static let configuration = CommandConfiguration.verb(
        "top", "Show a container's processes, as a tree.", example: "boxtop top web",
        usage: "[<options>] CONTAINER [PS-OPTION ...]",
        discussion: "Of ps's options -o counts, with pid (the host's), user, state, pcpu, rss and comm.")

    @OptionGroup var list: ListOptions
    @Argument(help: "Name or id.", completion: .containers) var container: String
    @Argument(parsing: .allUnrecognized, help: "As for ps: aux, -eo pid,comm.") var psWords: [String] = []

    func run(in context: Context) throws -> Int32 {
        var style = try list.style()
        if let columns = try PsWords.columns(psWords) {
            style.format = try Format("table " + columns.map { "{{.\($0)}}" }.joined(separator: "\t"))
        }
        let containers = try context.containers()
        let record = try containers.find(container)
        guard containers.state(of: record).status.running != nil else {
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
