import Cgroups
import Linux
import Monitoring
import Records

/// A snapshot in Prometheus' text format, version 0.0.4: a name, labels and a number a line.
package enum Prometheus {
    package static func text(of snapshot: Snapshot) -> String {
        var text = ""
        for metric in metrics {
            let samples = snapshot.containers.compactMap { reading in
                metric.value(reading).map { "boxtop_\(metric.name){\(labels(of: reading))} \(number($0))\n" }
            }
            if samples.isEmpty { continue }
            text += "# HELP boxtop_\(metric.name) \(metric.help)\n# TYPE boxtop_\(metric.name) \(metric.kind)\n"
            text += samples.joined()
        }
        return text
    }

    private struct Metric {
        var name: String
        var kind: String
        var help: String
        var value: (ContainerReading) -> Double?
    }

    private static var metrics: [Metric] {
        [
            gauge("container_up", "Whether it runs.") { $0.status.running == nil ? 0 : 1 },
            counter("container_cpu_seconds_total", "CPU time used.") { $0.usage.cpu.map { Double($0) / 1e9 } },
            gauge("container_cpu_limit_cores", "Cores that it may use.") { $0.limits.cpus },
            counter("container_throttled_seconds_total", "Time that it was held back by its CPU limit.") {
                $0.usage.throttled.map { Double($0) / 1e9 }
            },
            gauge("container_memory_bytes", "Memory charged, less page cache that is easily given back.") {
                $0.usage.memoryInUse.map { Double($0) }
            },
            gauge("container_memory_charged_bytes", "Memory charged, with page cache.") {
                $0.usage.memory.map { Double($0) }
            },
            gauge("container_memory_limit_bytes", "Memory that it may use.") { $0.limits.memory.map { Double($0) } },
            counter("container_oom_kills_total", "Processes killed for want of memory.") {
                $0.usage.oomKills.map { Double($0) }
            },
            gauge("container_processes", "Processes and threads.") { $0.usage.processes.map { Double($0) } },
            gauge("container_processes_limit", "Processes and threads that it may have.") {
                $0.limits.processes.map { Double($0) }
            },
            counter("container_disk_read_bytes_total", "Read from block devices.") {
                $0.usage.readBytes.map { Double($0) }
            },
            counter("container_disk_written_bytes_total", "Written to block devices.") {
                $0.usage.writeBytes.map { Double($0) }
            },
            counter("container_network_received_bytes_total", "Received over all its interfaces.") {
                $0.network.map { Double($0.received) }
            },
            counter("container_network_sent_bytes_total", "Sent over all its interfaces.") {
                $0.network.map { Double($0.sent) }
            },
            counter("container_network_dropped_packets_total", "Packets that its interfaces have dropped.") {
                $0.network.map { Double($0.dropped) }
            },
            counter("container_network_errors_total", "Packets that were damaged or could not be sent.") {
                $0.network.map { Double($0.errors) }
            },
            gauge("container_cpu_pressure_percent", "Share of the last 10 s that tasks waited for the CPU.") {
                $0.usage.cpuPressure?.some.average10
            },
            gauge("container_memory_pressure_percent", "Share of the last 10 s that tasks waited for memory.") {
                $0.usage.memoryPressure?.some.average10
            },
            gauge("container_io_pressure_percent", "Share of the last 10 s that tasks waited for disks.") {
                $0.usage.ioPressure?.some.average10
            },
            counter("container_restarts_total", "Starts by the restart policy.") { Double($0.restarts) },
        ]
    }

    private static func gauge(_ name: String, _ help: String, _ value: @escaping (ContainerReading) -> Double?)
        -> Metric
    {
        Metric(name: name, kind: "gauge", help: help, value: value)
    }

    private static func counter(
        _ name: String, _ help: String, _ value: @escaping (ContainerReading) -> Double?
    ) -> Metric {
        Metric(name: name, kind: "counter", help: help, value: value)
    }

    private static func labels(of reading: ContainerReading) -> String {
        [("id", reading.id), ("name", reading.name), ("image", reading.image)]
            .map { "\($0)=\"\(escaped($1))\"" }.joined(separator: ",")
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.append(character)
            }
        }
        return escaped
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    }
}
