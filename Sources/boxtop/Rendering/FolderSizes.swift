import Images
import Records
import Rendering

/// How much of the disk folders take; one that several containers have in common is looked at once.
struct FolderSizes {
    private var known: [String: Int64] = [:]

    mutating func size(of root: Rootfs) -> ContainerSize {
        switch root {
        case .directory(let folder): return ContainerSize(written: size(of: folder), image: 0)
        case .layers(let lower, let upper, _):
            return ContainerSize(written: size(of: upper), image: lower.reduce(0) { $0 + size(of: $1) })
        }
    }

    private mutating func size(of folder: String) -> Int64 {
        if let size = known[folder] { return size }
        let size = DiskUsage.bytes(below: folder)
        known[folder] = size
        return size
    }
}
