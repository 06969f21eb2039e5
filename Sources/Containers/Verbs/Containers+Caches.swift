import Glibc
import Linux

/// The volumes that builds have for `RUN --mount=type=cache`. They are nobody's data: only what clears up after builds
/// shows and removes them.
extension Containers {
    /// Notes that the volume `name` is a build's cache, which it uses now.
    package func noteCache(_ name: String) throws(ContainerError) {
        let path = layout.volumeRecord(name)
        var record = volumeRecord(name) ?? VolumeRecord(created: .now, labels: [:])
        if record.isCache == true {
            _ = utimensat(AT_FDCWD, path, nil, 0)
            return
        }
        record.isCache = true
        let bytes = try record.bytes()
        try explaining { () throws(SystemCallError) in try Files.replace(path, with: bytes) }
    }

    /// When a build last used the cache `volume`.
    package func lastUse(of volume: VolumeListing) -> Timestamp {
        FileStamp(layout.volumeRecord(volume.name))?.modified ?? volume.created ?? Timestamp(nanoseconds: 0)
    }

    /// Removes those caches of builds of `names` that no RUN has now.
    ///
    /// - Returns: their names, and the bytes on disk that are free again.
    package func removeCaches(_ names: Set<String>) throws(ContainerError) -> (names: [String], bytes: Int64) {
        try removeVolumes { $0.isCache && names.contains($0.name) }
    }
}
