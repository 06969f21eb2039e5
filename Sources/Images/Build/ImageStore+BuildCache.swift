import Linux
import OCI

/// A layer that the cache of builds keeps.
package struct CachedLayer: Hashable, Sendable {
    /// The steps that have made it; absent: steps without files, each of which is listed alone.
    package let layer: NewLayer?
    package let entries: [BuildCache.Entry]
    /// An image has it as well, or that of a container: to forget it frees nothing.
    package let isShared: Bool

    /// When it was last used.
    package var used: Timestamp { entries.map(\.used).max() ?? Timestamp(nanoseconds: 0) }
    /// The layer's digest, else the step's.
    package var name: String { layer?.descriptor.digest.hex ?? entries[0].key }
}

extension ImageStore {
    package var buildCache: BuildCache { BuildCache(folder: "\(root)/cache") }

    /// What the cache of builds keeps, the longest unused first.
    ///
    /// - Parameter inUse: what containers are made of.
    package func cachedLayers(inUse: ImageUse) throws(ImageError) -> [CachedLayer] {
        let held = held(by: try readIndex(), inUse)
        let entries = buildCache.entries()
        var found = entries.filter { $0.layer == nil }.map {
            CachedLayer(layer: nil, entries: [$0], isShared: true)
        }
        for (layer, entries) in Dictionary(grouping: entries.filter { $0.layer != nil }, by: \.layer) {
            let isShared = layer.map { held.blobs.contains($0.descriptor.digest.hex) } ?? false
            found.append(CachedLayer(layer: layer, entries: entries, isShared: isShared))
        }
        return found.sorted { ($0.used, $0.name) < ($1.used, $1.name) }
    }

    /// Bytes on disk that `cached` takes, packed and unpacked.
    package func bytes(of cached: CachedLayer) -> Int64 {
        guard let layer = cached.layer else { return 0 }
        return DiskUsage.bytes(below: path(of: layer.descriptor.digest))
            + DiskUsage.bytes(below: "\(layers)/\(layer.diffID.hex)")
    }

    /// Makes the cache of builds forget `cached`, and removes what nothing refers to any more. Hold the store alone.
    ///
    /// - Parameter inUse: what containers are made of.
    package func forget(_ cached: [CachedLayer], inUse: ImageUse) throws(ImageError) -> Removal {
        for entry in cached.flatMap(\.entries) { buildCache.forget(entry) }
        return try collect(try readIndex(), keeping: { inUse })
    }
}
