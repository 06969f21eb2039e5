import Containers
import Dashboard

/// The volumes of this host, for the dashboard's page of them.
final class VolumeWatch {
    private let containers: Containers
    private let count = FolderCount()

    init(_ containers: Containers) { self.containers = containers }

    /// Nobody looks at them any longer.
    func rest() { count.stop() }

    func readings() -> [VolumeReading] {
        let volumes = containers.volumes()
        count.refresh(volumes.map(\.folder))
        return volumes.map { volume in
            VolumeReading(
                name: volume.name, isAnonymous: volume.isAnonymous, size: count.sizes[volume.folder],
                users: volume.users, created: volume.created)
        }
    }
}
