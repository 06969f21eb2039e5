import Glibc
import Images
import JSON
import Linux
import Records

/// A named volume, as lists show it.
package struct VolumeListing: Hashable, Sendable {
    package var name: String
    /// Where its files lie on the host.
    package var folder: String
    package var created: Timestamp?
    package var labels: [String: String]
    /// Docker's `type`, `device` and `o`, where it is something else than a folder of its own.
    package var options: [String: String]
    /// Names of the containers that were made with it.
    package var users: [String]
    /// Nobody named it: it was made for one container.
    package var isAnonymous: Bool
    /// It is a build's, for `RUN --mount=type=cache`: lists and prunes of volumes leave it out.
    package var isCache: Bool
}

/// `volume.json`, beside what the volume holds.
struct VolumeRecord: Codable {
    var created: Timestamp
    var labels: [String: String]
    /// It is the cache of a build, which last used it when this was last changed.
    var isCache: Bool?
    /// What it is in place of a folder of its own, see `VolumeContent`; absent for most, and in records of older versions.
    var options: [String: String]?

    /// That of volume `name`; `nil` where it has none, since there is nothing to say of it.
    static func read(_ name: String, in layout: Layout) throws(ContainerError) -> VolumeRecord? {
        let path = layout.volumeRecord(name)
        guard Files.exists(path) else { return nil }
        let bytes = try explaining { () throws(SystemCallError) in try Files.read(path) }
        do { return try JSON.decode(VolumeRecord.self, from: bytes) } catch {
            throw ContainerError(.failed, "what is known of volume \(name) cannot be read (\(path)): \(error)")
        }
    }

    func bytes() throws(ContainerError) -> [UInt8] {
        do { return try JSON.encode(self) } catch { throw ContainerError(.failed, "\(error)") }
    }
}

extension Containers {
    /// Makes an empty volume. One that is there stays as it is.
    ///
    /// - Parameters:
    ///   - name: absent: 64 random digits.
    ///   - options: docker's `type`, `device` and `o`.
    ///   - isCache: a build has it for `RUN --mount=type=cache`.
    package func createVolume(
        _ name: String?, labels: [String: String] = [:], options: [String: String] = [:], isCache: Bool = false
    ) throws(ContainerError) -> String {
        if let name, !ContainerName.isValid(name) {
            throw ContainerError(.invalid, "“\(name)” is no name of a volume: \(ContainerName.form)")
        }
        if !options.isEmpty { _ = try VolumeContent(options) }
        try prepareFolders()
        let name = name ?? ContainerID.random()
        var record = VolumeRecord(created: .now, labels: labels, isCache: isCache ? true : nil)
        record.options = options.isEmpty ? nil : options
        let isPlain = labels.isEmpty && options.isEmpty && !isCache
        let made = try Volumes(layout: layout).make(name, record: isPlain ? nil : try record.bytes())
        guard made || options.isEmpty || options == volumeRecord(name)?.options else {
            throw ContainerError(
                .conflict,
                "there is a volume \(name) with other options: boxtop volume rm \(name), or choose another name")
        }
        return name
    }

    func volumeRecord(_ name: String) -> VolumeRecord? { try? VolumeRecord.read(name, in: layout) }

    /// All volumes, by name, but for those of builds.
    package func volumes() -> [VolumeListing] { allVolumes().filter { !$0.isCache } }

    /// Those of builds: what RUN --mount=type=cache has.
    package func caches() -> [VolumeListing] { allVolumes().filter(\.isCache) }

    func allVolumes() -> [VolumeListing] {
        var users: [String: [String]] = [:]
        var anonymous: Set<String> = []
        for id in ids() {
            guard let record = try? record(id) else { continue }
            for use in record.volumes {
                users[use.name, default: []].append(record.name)
                if use.anonymous { anonymous.insert(use.name) }
            }
        }
        let names = ((try? Files.names(in: layout.volumes)) ?? []).filter { Files.exists(layout.volumeData($0)) }
        return names.sorted().map { name in
            let folder = layout.volumeData(name)
            let record = volumeRecord(name)
            return VolumeListing(
                name: name, folder: folder, created: record?.created ?? Self.entered(folder),
                labels: record?.labels ?? [:], options: record?.options ?? [:], users: (users[name] ?? []).sorted(),
                isAnonymous: anonymous.contains(name) || ContainerID.isComplete(name),
                isCache: record?.isCache ?? false)
        }
    }

    /// When the folder at `path` was last changed; the nearest to when it was made that every file system keeps.
    private static func entered(_ path: String) -> Timestamp? { FileStamp(path)?.changed }

    package func volume(_ name: String) throws(ContainerError) -> VolumeListing {
        guard let found = allVolumes().first(where: { $0.name == name }) else {
            throw ContainerError(.notFound, "there is no volume “\(name)”: boxtop volume ls lists them")
        }
        return found
    }

    /// Removes a volume with all in it; refused while a container was made with it.
    package func removeVolume(_ name: String) throws(ContainerError) {
        _ = try volume(name)
        let lock = try lockVolumes()
        if let user = try volume(name).users.first {
            throw ContainerError(.conflict, "volume \(name) belongs to container \(user): remove that first")
        }
        try explaining("cannot remove volume \(name)") { () throws(SystemCallError) in
            let paths = try lock.setAside([name])
            lock.release()
            for path in paths { try Files.removeTree(path) }
        }
    }

    /// Removes the volumes that no container was made with and that are meant: those without a name, or all.
    ///
    /// - Returns: their names, and the bytes on disk that are free again.
    package func pruneVolumes(
        all: Bool, where isMeant: (VolumeListing) -> Bool = { _ in true }
    ) throws(ContainerError) -> (names: [String], bytes: Int64) {
        try removeVolumes { !$0.isCache && (all || $0.isAnonymous) && isMeant($0) }
    }

    /// Removes the volumes that no container was made with and that are meant.
    func removeVolumes(
        where isMeant: (VolumeListing) -> Bool
    ) throws(ContainerError) -> (names: [String], bytes: Int64) {
        if allVolumes().isEmpty { return ([], 0) }
        let lock = try lockVolumes()
        let names = allVolumes().filter { $0.users.isEmpty && isMeant($0) }.map(\.name)
        var bytes = Int64(0)
        try explaining("cannot remove volumes") { () throws(SystemCallError) in
            let paths = try lock.setAside(names)
            lock.release()
            for path in paths {
                bytes += DiskUsage.bytes(below: path)
                try Files.removeTree(path)
            }
        }
        return (names, bytes)
    }

    /// While this is held, each container with volumes is in the list, and its record can be read.
    private func lockVolumes() throws(ContainerError) -> VolumeLock {
        let lock = try explaining { () throws(SystemCallError) in try VolumeLock(.removing, in: layout) }
        try requireReadableRecords()
        return lock
    }
}
