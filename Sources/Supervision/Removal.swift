import Glibc
import Linux
import Records

/// Takes a container away for good: its name, its folder, those of its anonymous volumes that no other container has. Its
/// run folder is the last to go.
func removeContainer(_ record: ContainerRecord, _ files: StateFiles) {
    let layout = files.layout
    layout.release(claim: "\(layout.names)/\(record.name)", of: record.id)
    if let ids = record.ids { layout.release(claim: "\(layout.idRanges)/\(ids.first)", of: record.id) }
    // Gone from all lists in one step; what a crash leaves of the tree begins with a dot and is no container.
    let folder = layout.container(record.id)
    let leaving = "\(layout.containers)/.\(record.id).removed"
    let moved = rename(folder, leaving) == 0
    try? Files.removeTree(moved ? leaving : folder)
    try? files.removeUnused(
        volumes: record.volumes.filter { $0.anonymous && !$0.name.isEmpty && !$0.name.contains("/") }.map(\.name))
}

func removeRunFolder(_ id: String, _ layout: Layout) { try? Files.removeTree(layout.runtime(id)) }
