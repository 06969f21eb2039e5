import ArgumentParser
import Containers
import Monitoring
import Records
import Rendering

struct Stats: Verb {
    static let configuration = CommandConfiguration.verb(
        "stats", "Show containers' gauges: once to a pipe, going on to a terminal.",
        example: "boxtop stats --format json web", usage: "[<options>] [CONTAINER ...]")

    @Flag(name: [.short, .long], help: "Those that do not run too.")
    var all = false
    @Flag(name: .customLong("stream"), inversion: .prefixedNo, help: "Go on, or show once.")
    var stream: Bool?
    @Option(name: .long, help: "table, json, csv, prometheus or a template such as '{{.CPUPerc}}'.")
    var format = "table"
    @Flag(name: .customLong("no-trunc"), help: "Whole ids.")
    var full = false
    @Argument(help: "Names or ids; none for all.", completion: .containers) var containers: [String] = []

    func run(in context: Context) throws -> Int32 {
        let format = try GaugeFormat(format)
        let all = try context.containers()
        let wanted = Set(try containers.map { try all.find($0).id })
        let source = LiveContainers(all)
        var sampler = Sampler(delay: 1)
        let goesOn = stream ?? Stream.output.isTerminal
        var isFirst = true
        repeat {
            var snapshot = sampler.next { source.sweep() }
            snapshot.containers.removeAll { reading in
                wanted.isEmpty ? !self.all && reading.status.running == nil : !wanted.contains(reading.id)
            }
            let text: String
            switch format {
            case .prometheus: text = Prometheus.text(of: snapshot)
            case .list(let format):
                let rows = snapshot.containers.map { GaugeRow($0, in: snapshot, full: full) }
                text = try render(rows, ListStyle(format: format, headers: isFirst || format == .table))
            }
            if goesOn, format == .list(.table), Stream.output.isTerminal {
                // Over the last, each line cleared to its end, and what is left below.
                Stream.output.write("\u{1B}[H" + text.replacing("\n", with: "\u{1B}[K\n") + "\u{1B}[J")
            } else {
                Stream.output.write(text)
            }
            isFirst = false
        } while goesOn && Stream.lost == nil
        return 0
    }
}
