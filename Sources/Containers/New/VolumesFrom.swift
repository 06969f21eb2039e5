import Linux
import OCI
import Records

/// `--volumes-from NAME[:ro|rw]`.
package struct VolumesFrom: Hashable, Sendable {
    package var container: String
    package var readOnly: Bool
}

extension Parse {
    package static func volumesFrom(_ text: String) throws(ContainerError) -> VolumesFrom {
        let sides = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard (1...2).contains(sides.count), !sides[0].isEmpty,
            ["ro", "rw"].contains(sides.count == 2 ? sides[1] : "rw")
        else { throw ContainerError(.invalid, "“\(text)” names no container: write NAME or NAME:ro") }
        return VolumesFrom(container: sides[0], readOnly: sides.count == 2 && sides[1] == "ro")
    }
}

extension Containers {
    /// What `new` gets of the containers that `--volumes-from` names, where nothing of its own is mounted.
    func inherited(by new: NewContainer) throws(ContainerError) -> [VolumeRequest] {
        var taken = Set(new.volumes.map(\.destination) + new.tmpfs.map(\.destination))
        var requests: [VolumeRequest] = []
        for from in new.volumesFrom {
            let record = try find(from.container)
            let names = Dictionary(record.volumes.map { ($0.destination, $0.name) }) { $1 }
            for mount in try specification(record.id).mounts
            where names[mount.destination] != nil || isAsked(mount, of: record.id) {
                guard let source = mount.source, taken.insert(mount.destination).inserted else { continue }
                let options = mount.options
                requests.append(
                    VolumeRequest(
                        names[mount.destination].map { .named($0) } ?? .path(source, create: false),
                        at: mount.destination, readOnly: from.readOnly || options.contains("ro"),
                        recursive: options.contains("rbind"), mapIDs: !options.contains("noidmap")))
            }
        }
        return requests
    }

    /// Whether a person has asked for it: neither one of the container's own files, nor what is the host's own in the same
    /// place, nor a device.
    private func isAsked(_ mount: RuntimeSpec.Mount, of id: String) -> Bool {
        guard mount.type == "bind", let source = mount.source, !source.hasPrefix("/dev/") else { return false }
        return !source.hasPrefix(layout.container(id)) && !["/proc", "/sys"].contains(mount.destination)
    }
}
