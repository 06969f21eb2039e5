import Cgroups
import Linux
import OCI

/// The folders of a control group that its container is shown at /sys/fs/cgroup.
struct CgroupView {
    /// Set where cgroup v2 is all that the host has.
    let unified: String?
    /// By the name that the tree's folder has on the host: `memory`, `cpu,cpuacct`, `unified`.
    let legacy: [(name: String, folder: String)]

    init(group: Cgroup?) {
        guard let group else {
            (unified, legacy) = (nil, [])
            return
        }
        let trees = group.hierarchy.trees
        if let only = trees.first, trees.count == 1, only.version == .v2 {
            (unified, legacy) = (group.unifiedFolder, [])
            return
        }
        var shown: [(String, String)] = []
        for tree in trees {
            let folder = tree.version == .v2 ? group.unifiedFolder : tree.controllers.first.flatMap(group.folder(of:))
            guard let folder, Files.exists(folder),
                let slash = tree.mountPoint.utf8.lastIndex(of: UInt8(ascii: "/"))
            else { continue }
            shown.append((String(decoding: tree.mountPoint.utf8[slash...].dropFirst(), as: UTF8.self), folder))
        }
        (unified, legacy) = (nil, shown)
    }
}
