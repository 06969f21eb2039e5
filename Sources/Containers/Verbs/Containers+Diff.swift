import CLinux
import Glibc
import Linux
import OCI
import Records

/// One path that a container has changed in its image's files.
package struct FileChange: Hashable, Sendable, Comparable {
    package enum Kind: String, Hashable, Sendable {
        case added = "A"
        case changed = "C"
        case deleted = "D"
    }

    package var kind: Kind
    /// Absolute, as the container sees it.
    package var path: String

    package static func < (a: FileChange, b: FileChange) -> Bool { a.path < b.path }
}

extension Containers {
    /// What a container has added, changed and deleted, by path. What boxtop itself has made to mount things on is left
    /// out.
    package func changes(_ reference: String) throws(ContainerError) -> [FileChange] {
        let record = try find(reference)
        guard case .layers(let lower, let upper, _) = record.rootfs else {
            throw ContainerError(
                .unsupported, "container \(record.name) runs in a folder of the host, not an image: nothing to compare")
        }
        let mounted = try mountPoints(record)
        return try explaining("cannot compare container \(record.name)") { () throws(SystemCallError) in
            try SubordinateUsers.asRoot { () throws(SystemCallError) in
                let upper = LayeredRoot(layers: [upper])
                let lower = LayeredRoot(layers: lower)
                var comparison = Comparison(upper: upper, lower: lower, mounted: mounted)
                let root = LayeredRoot.Found(path: [], layers: [0], isDirectory: true)
                try comparison.compare(root, with: try lower.find("/"))
                return comparison.changes.sorted()
            }
        }
    }

    /// Where something is mounted in a container, besides the root.
    func mountPoints(_ record: ContainerRecord) throws(ContainerError) -> Set<String> {
        Set(try specification(record.id).mounts.map { Paths.normal($0.destination) })
    }
}

/// A walk through the writable layer of a container, beside what lies below it. What the container changes meanwhile leads
/// it nowhere outside.
private struct Comparison {
    let upper: LayeredRoot
    let lower: LayeredRoot
    let mounted: Set<String>
    var changes: [FileChange] = []

    mutating func compare(_ folder: LayeredRoot.Found, with below: LayeredRoot.Found?) throws(SystemCallError) {
        guard let (names, isOpaque) = try look(into: folder) else { return }
        for name in names { try compare(name, in: folder, with: below) }
        // What an opaque folder hides is gone, name by name.
        guard let below, isOpaque else { return }
        let kept = Set(names)
        for layer in below.layers {
            for name in try lower.names(in: below, layer: layer) where !kept.contains(name) {
                if try lower.entry(name, in: below) != nil { note(.deleted, Self.text(Self.below(folder, name))) }
            }
        }
    }

    /// What is in a folder, which is closed again before those in it are opened: a container makes them as deep as it
    /// likes. One that is gone by now is `nil`.
    private func look(into folder: LayeredRoot.Found) throws(SystemCallError) -> (names: [[UInt8]], isOpaque: Bool)? {
        do throws(SystemCallError) {
            let here = try upper.open(folder.path, layer: 0, flags: O_RDONLY | O_DIRECTORY)
            return (try here.names(), LayeredRoot.isOpaque(here))
        } catch {
            if error.errno.isMissing { return nil }
            throw error
        }
    }

    private mutating func note(_ kind: FileChange.Kind, _ path: String) {
        if changes.last?.path != path { changes.append(FileChange(kind: kind, path: path)) }
    }

    private mutating func compare(
        _ name: [UInt8], in folder: LayeredRoot.Found, with below: LayeredRoot.Found?
    ) throws(SystemCallError) {
        let place = Self.below(folder, name)
        let path = Self.text(place)
        guard let status = try upper.status(place, layer: 0) else { return }
        var before: LayeredRoot.Entry?
        if let below { before = try lower.entry(name, in: below) }
        if status.st_mode & S_IFMT == S_IFCHR, status.st_rdev == 0 {
            if before != nil { note(.deleted, path) }
            return
        }
        if before == nil, isMadeForMounts(place, status) { return }
        let count = changes.count
        note(before == nil ? .added : .changed, path)
        guard status.st_mode & S_IFMT == S_IFDIR else { return }
        let found = LayeredRoot.Found(path: place, layers: [0], isDirectory: true)
        guard case .found(let there)? = before, there.isDirectory else { return try compare(found, with: nil) }
        try compare(found, with: there)
        // A folder that is there for what is mounted in it alone has not been changed by anybody.
        if changes.count == count + 1, isAboveMount(path), isEmptyButForMounts(found) { changes.removeLast() }
    }

    /// Whether `place` is an empty file or folder that something is mounted on, or a folder with nothing else in it.
    private func isMadeForMounts(_ place: [UInt8], _ status: stat) -> Bool {
        let path = Self.text(place)
        if status.st_mode & S_IFMT == S_IFREG { return status.st_size == 0 && mounted.contains(path) }
        guard status.st_mode & S_IFMT == S_IFDIR, mounted.contains(path) || isAboveMount(path) else { return false }
        return isEmptyButForMounts(.init(path: place, layers: [0], isDirectory: true))
    }

    private func isAboveMount(_ path: String) -> Bool { mounted.contains { $0.hasPrefix("\(path)/") } }

    private func isEmptyButForMounts(_ folder: LayeredRoot.Found) -> Bool {
        guard let names = try? upper.names(in: folder, layer: 0) else { return false }
        return names.allSatisfy { name in
            let place = Self.below(folder, name)
            return (try? upper.status(place, layer: 0)).map { isMadeForMounts(place, $0) } ?? false
        }
    }

    private static func below(_ folder: LayeredRoot.Found, _ name: [UInt8]) -> [UInt8] {
        folder.path + [UInt8(ascii: "/")] + name
    }

    private static func text(_ path: [UInt8]) -> String { String(decoding: path, as: UTF8.self) }
}
