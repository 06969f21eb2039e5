import Cgroups
import JSON
import Linux
import Monitoring
import Records

/// How gauges are written: like any list, or for Prometheus.
package enum GaugeFormat: Hashable, Sendable {
    case list(Format)
    case prometheus

    /// Reads what stands after `--format`.
    package init(_ text: String) throws(TemplateError) {
        if text == "prometheus" {
            self = .prometheus
            return
        }
        do { self = .list(try Format(text)) } catch {
            guard error == TemplateError.unknown(text) else { throw error }
            throw TemplateError(
                "“\(text)” is no format: table, json, csv, prometheus or a template such as '{{.Name}}'")
        }
    }
}

extension TemplateError {
    static func unknown(_ text: String) -> TemplateError {
        TemplateError("“\(text)” is no format: table, json, csv or a template such as '{{.Name}}'")
    }
}

/// The whole machine at one moment, as the batch mode writes it.
///
/// - Parameter headers: for CSV, which has its header once.
package func render(_ snapshot: Snapshot, _ format: GaugeFormat, headers: Bool) throws(TemplateError) -> String {
    let rows = snapshot.containers.map { GaugeRow($0, in: snapshot) }
    switch format {
    case .prometheus: return Prometheus.text(of: snapshot)
    case .list(.json):
        return JSONValue.of([
            ("time", .string(snapshot.clock.description)), ("host", snapshot.host.document),
            ("containers", .array(rows.map(\.object))),
        ]).compact + "\n"
    case .list(.table): return hostLine(snapshot) + "\n" + (try render(rows, ListStyle()))
    case .list(let format): return try render(rows, ListStyle(format: format, headers: headers))
    }
}

/// `web-01 · 8 cores 31GiB · cgroup v2 · cpu 42.00% · memory 12.4GiB · 7 containers, 5 running · 22:42:07`
private func hostLine(_ snapshot: Snapshot) -> String {
    let host = snapshot.host
    let running = snapshot.containers.count { $0.status.running != nil }
    let count = snapshot.containers.count
    return [
        host.name,
        "\(host.cores) \(host.cores == 1 ? "core" : "cores")\(host.memory.map { " \(Human.binary($0))" } ?? "")",
        host.hierarchy, host.cpu.map { "cpu \(Human.percent($0))" },
        host.memoryInUse.map { "memory \(Human.binary($0))" },
        "\(count) \(count == 1 ? "container" : "containers"), \(running) running",
        "\(snapshot.clock)".prefix(19) + "Z",
    ].compactMap { $0 }.joined(separator: " · ")
}

extension HostReading {
    fileprivate var document: JSONValue {
        .of([
            ("name", .string(name)), ("cores", .integer(cores)), ("hierarchy", .string(hierarchy)),
            ("cpuPercent", .number(cpu.map { $0 * 100 })), ("memory", .integer(memory)),
            ("memoryInUse", .integer(memoryInUse)), ("cpuPressure", .number(cpuPressure?.some.average10)),
            ("memoryPressure", .number(memoryPressure?.some.average10)),
            ("ioPressure", .number(ioPressure?.some.average10)),
        ])
    }
}
