import Containers
import JSON
import Records
import Rendering

extension ContainerInspection {
    /// A mount as docker lists it: one that was asked for.
    private struct Place {
        var mount: Mount
        var volume: VolumeUse?

        var isReadOnly: Bool { mount.options.contains("ro") }
    }

    /// Volumes, folders of the host and memory that somebody wanted, without what every container has.
    private var places: [Place] {
        let folders = Set(folders)
        return mounts.compactMap { mount in
            guard folders.contains(mount) || Self.isMemory(mount) else { return nil }
            return Place(mount: mount, volume: record.volumes.first { $0.destination == mount.destination })
        }
    }

    var dockerMounts: JSONValue {
        .array(
            places.map { place in
                let (mount, volume) = (place.mount, place.volume)
                let isMemory = mount.kind == "tmpfs"
                let propagation = isMemory || volume != nil ? "" : mount.options.first(where: Self.isPropagation)
                return .of([
                    ("Type", .string(volume != nil ? "volume" : mount.kind)), ("Name", .string(volume?.name ?? "")),
                    ("Source", .string(isMemory ? "" : mount.source)), ("Destination", .string(mount.destination)),
                    ("Driver", .string(volume != nil ? "local" : "")),
                    ("Mode", .string(place.isReadOnly ? "ro" : "")), ("RW", .bool(!place.isReadOnly)),
                    ("Propagation", .string(propagation ?? "")),
                ])
            })
    }

    private static func isMemory(_ mount: Mount) -> Bool {
        mount.kind == "tmpfs" && mount.source == "tmpfs" && mount.destination != "/dev"
    }

    /// `{"/memory": "noexec,size=64m"}`
    var dockerMemory: JSONValue {
        .of(
            Dictionary(
                places.filter { $0.volume == nil && $0.mount.kind == "tmpfs" }
                    .map { ($0.mount.destination, $0.mount.options.joined(separator: ",")) },
                uniquingKeysWith: { $1 }))
    }

    private static func isPropagation(_ option: String) -> Bool {
        ["private", "slave", "shared"].contains { option == $0 || option == "r\($0)" }
    }

    /// `data:/data`, `/srv:/www:ro`: what could stand after `-v`.
    var dockerBinds: JSONValue {
        let bound = places.filter { $0.volume.map { !$0.anonymous } ?? ($0.mount.kind == "bind") }
        return .of(
            bound.map { place in
                let source = place.volume?.name ?? place.mount.source ?? ""
                return "\(source):\(place.mount.destination)\(place.isReadOnly ? ":ro" : "")"
            })
    }

    /// `{"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}]}`
    static func dockerPorts(_ ports: [PublishedPort]) -> JSONValue {
        var bindings: [String: [JSONValue]] = [:]
        for port in ports {
            for offset in 0..<max(1, port.count) {
                bindings["\(port.port &+ offset)/\(port.transport.rawValue)", default: []].append(
                    .of([
                        ("HostIp", .string(port.address ?? "0.0.0.0")),
                        ("HostPort", .string("\(port.hostPort &+ offset)")),
                    ]))
            }
        }
        return .map(bindings.sorted { $0.key < $1.key }.map { .init(key: $0.key, value: .array($0.value)) })
    }
}
