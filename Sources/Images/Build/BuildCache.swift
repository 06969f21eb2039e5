import CLinux
import Glibc
import JSON
import Linux
import OCI

/// What steps of builds have made before, by what went into them. Each keeps its layer in the store, whatever becomes of
/// the images that have it too, until `builder prune`.
///
///     cache/KEY        the layer that the step has made; last changed when it was last used
///     cache/KEY.time   when it was first done
package struct BuildCache: Hashable, Sendable {
    package let folder: String

    /// What is kept of one step.
    package struct Entry: Hashable, Sendable {
        package let key: String
        /// Absent: it was one without files.
        package let layer: NewLayer?
        package let used: Timestamp
    }

    /// The key of a step: what was before, what it says, and what it reads.
    package static func key(_ parts: [String]) throws(ImageError) -> String {
        var bytes: [UInt8] = []
        // Each with its length, so that no two lists of parts are one text.
        for part in parts { bytes += Array("\(part.utf8.count):\(part)\n".utf8) }
        return try ImageStore.digest(of: bytes).hex
    }

    /// The layer that the step with this key has made, where it is still in the store, and whole.
    package func layer(_ key: String, in images: ImageStore) -> NewLayer? {
        guard let layer = layer(key), images.has(layer) else { return nil }
        touch(key)
        return layer
    }

    private func layer(_ key: String) -> NewLayer? {
        guard let bytes = try? Files.read("\(folder)/\(key)", limit: 65_536) else { return nil }
        return try? JSON.decode(NewLayer.self, from: bytes)
    }

    /// Keeps `layer`; a cache that cannot be written is none, and no reason to fail. Hold the store.
    package func keep(_ layer: NewLayer, as key: String) {
        guard let bytes = try? JSON.encode(layer) else { return }
        try? Files.makePrivate(folder)
        try? Files.replace("\(folder)/\(key)", with: bytes, durable: false)
    }

    /// When the step with this key was first done; now, where it has not been, which is kept.
    package func time(of key: String, orNow now: String) -> String {
        let name = key + Self.timeSuffix
        if let text = Files.text("\(folder)/\(name)"), Timestamp(text) != nil {
            touch(name)
            return text
        }
        try? Files.makePrivate(folder)
        try? Files.replace("\(folder)/\(name)", with: now.utf8, durable: false)
        return now
    }

    /// All that is kept.
    func entries() -> [Entry] {
        let names = Set((try? Files.names(in: folder)) ?? [])
        let keys = Set(names.map { $0.hasSuffix(Self.timeSuffix) ? String($0.dropLast(Self.timeSuffix.count)) : $0 })
        return keys.compactMap { key in
            guard key.utf8.count == 64 else { return nil }
            let name = names.contains(key) ? key : key + Self.timeSuffix
            guard let used = FileStamp("\(folder)/\(name)")?.modified else { return nil }
            return Entry(key: key, layer: layer(key), used: used)
        }
    }

    /// Forgets `entry`, and no longer keeps its layer.
    func forget(_ entry: Entry) {
        unlink("\(folder)/\(entry.key)")
        unlink("\(folder)/\(entry.key)\(Self.timeSuffix)")
    }

    private func touch(_ name: String) { _ = utimensat(AT_FDCWD, "\(folder)/\(name)", nil, 0) }

    private static let timeSuffix = ".time"
}
