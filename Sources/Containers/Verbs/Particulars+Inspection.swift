import Cgroups
import Linux
import Monitoring
import Records

extension Particulars {
    /// What a person may want to know of a container beside its gauges, as titled lines.
    static func all(of container: ContainerInspection) -> [Particulars] {
        [
            identity(container), command(container), health(container),
            Particulars(title: "Environment", lines: container.process.environment.sorted()),
            Particulars(title: "Mounts", lines: container.mounts.map(line)),
            Particulars(title: "Networks", lines: networks(container)),
            Particulars(title: "Isolation", lines: isolation(container), summary: summary(of: container.isolation)),
            Particulars(
                title: "Labels", lines: container.record.labels.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }),
            Particulars(
                title: "Files", lines: [container.folder, container.log, "control group \(container.cgroup)"]),
        ].filter { !$0.lines.isEmpty }
    }

    private static func identity(_ container: ContainerInspection) -> Particulars {
        let record = container.record
        var lines = ["id \(record.id)", "image \(record.image)\(record.imageDigest.map { ", \($0)" } ?? "")"]
        lines.append("created \(record.created)")
        switch record.restart {
        case .no: break
        case .onFailure(let retries):
            lines.append("restarts after a failure\(retries.map { ", at most \($0) times in a row" } ?? "")")
        case .always: lines.append("restarts always")
        case .unlessStopped: lines.append("restarts unless it was stopped")
        }
        if record.autoRemove { lines.append("is removed when it has ended") }
        return Particulars(title: "Container", lines: lines)
    }

    private static func command(_ container: ContainerInspection) -> Particulars {
        let process = container.process
        var lines = [process.arguments.joined(separator: " ").onOneLine]
        lines.append("in \(process.workdir) as user \(process.user)")
        if let hostname = process.hostname { lines.append("on host \(hostname)") }
        return Particulars(title: "Command", lines: lines)
    }

    /// `/data, bind, ro ← /srv/data`: where it is inside stands first, since what is cut off is cut off at the end.
    private static func line(_ mount: ContainerInspection.Mount) -> String {
        let source = mount.source.flatMap { $0.hasPrefix("/") ? " ← \($0)" : nil } ?? ""
        return ([mount.destination, mount.kind] + mount.options).joined(separator: ", ") + source
    }

    /// `eth0 in back: 10.180.0.2/22, fd00::2/64, by 10.180.0.1`, then what is published.
    private static func networks(_ container: ContainerInspection) -> [String] {
        let request = container.record.network
        var lines = (container.network?.interfaces ?? []).map { interface in
            var parts = ["\(interface.address4)/\(interface.prefix4)"]
            if let address6 = interface.address6 { parts.append("\(address6)/\(interface.prefix6 ?? 64)") }
            parts.append(interface.gateway4.map { "by \($0)" } ?? "no way out")
            parts.append("\(interface.hostName) on the host")
            return "\(interface.name) in \(interface.network): \(parts.joined(separator: ", "))"
        }
        if lines.isEmpty, let request {
            switch request.mode {
            case .none: lines = ["none but its own loopback"]
            case .host: lines = ["the host's"]
            case .container(let id): lines = ["that of container \(ContainerID.short(id))"]
            case .user: lines = ["its own, connected by pasta"]
            case .bridges: lines = request.attachments.map { "to be in \($0.network)" }
            }
        }
        return lines + (request?.ports ?? []).map { "port \($0.text)" }
    }

    /// `user namespace, seccomp, 11 capabilities, read-only`
    private static func summary(of isolation: ContainerInspection.Isolation) -> String {
        var parts: [String] = []
        if isolation.namespaces.contains("user") { parts.append("user namespace") }
        if isolation.seccomp != "unconfined" { parts.append("seccomp") }
        let count = isolation.capabilities.count
        parts.append(count == 0 ? "no capabilities" : "\(count) capabilit\(count == 1 ? "y" : "ies")")
        if isolation.readOnlyRoot { parts.append("read-only") }
        return parts.joined(separator: ", ")
    }

    private static func isolation(_ container: ContainerInspection) -> [String] {
        let isolation = container.isolation
        var lines: [String] = []
        if container.record.privileged { lines.append("privileged: nothing of this host is kept from it") }
        if let ids = container.record.ids {
            lines.append("users \(ids.first)–\(ids.first + (ids.count - 1)) of this host")
        } else {
            lines.append("users of this host: no user namespace of its own")
        }
        lines.append("namespaces: \(isolation.namespaces.joined(separator: ", "))")
        if let id = container.record.processesOf {
            lines.append("process ids: those of container \(ContainerID.short(id))")
        }
        lines.append(
            "capabilities: \(isolation.capabilities.isEmpty ? "none" : isolation.capabilities.joined(separator: ", "))")
        lines.append("seccomp: \(isolation.seccomp)")
        for optOut in isolation.optOuts where optOut != "privileged" { lines.append("opted out: \(optOut)") }
        lines.append("devices: \(isolation.devices.joined(separator: ", "))")
        lines.append("processes: \(container.record.limits.processes.map { "at most \($0)" } ?? "no limit")")
        if isolation.noNewPrivileges { lines.append("no new privileges") }
        if isolation.readOnlyRoot { lines.append("root file system read-only") }
        return lines
    }
}
