import Containers
import Images
import Linux
import OCI

/// What builds have kept for the next ones: the layers of their steps, and the caches of `RUN --mount=type=cache`.
package struct BuildRemains {
    private let containers: Containers
    private let images: ImageStore

    package init(containers: Containers, images: ImageStore) {
        self.containers = containers
        self.images = images
    }

    /// What is kept, the longest unused first.
    ///
    /// - Parameters:
    ///   - inUse: what containers are made of.
    ///   - sized: how much of the disk each takes is found out, which reads all their folders.
    package func list(inUse: ImageUse, sized: Bool = true) throws(ImageError) -> [BuildRemain] {
        let layers = try images.cachedLayers(inUse: inUse).map { cached in
            BuildRemain(
                what: .layer(cached), used: cached.used, bytes: sized ? images.bytes(of: cached) : 0, isInUse: false,
                isShared: cached.isShared)
        }
        let caches = containers.caches().map { volume in
            BuildRemain(
                what: .cache(volume.name), used: containers.lastUse(of: volume),
                bytes: sized ? DiskUsage.bytes(below: volume.folder) : 0, isInUse: !volume.users.isEmpty,
                isShared: false)
        }
        return (layers + caches).sorted { $0.used < $1.used }
    }

    /// Removes what `prune` chooses.
    ///
    /// - Parameters:
    ///   - inUse: what containers are made of. Asked once no build is at work.
    ///   - onBusy: asked where one is, or a pull, whether its end is waited for.
    /// - Returns: what of the store has gone, and the names of the caches; `nil` where somebody is at work.
    package func remove(
        _ prune: BuildPrune, inUse: () -> ImageUse, onBusy: () -> Bool
    ) throws(BuildError) -> (layers: ImageStore.Removal, caches: [String])? {
        do {
            guard let held = try images.lockForRemoving(orWait: onBusy) else { return nil }
            defer { _ = held.number }
            let users = inUse()
            let chosen = prune.choice(
                of: try list(inUse: users, sized: prune.isLimited), free: DiskUsage.free(at: images.root))
            // No build is at work, and so nobody has found a cache that this takes away.
            let caches = try containers.removeCaches(Set(chosen.compactMap(\.cache)))
            var removal = try images.forget(chosen.compactMap(\.layer), inUse: users)
            removal.bytes += caches.bytes
            return (removal, caches.names)
        } catch { throw BuildError("\(error)") }
    }
}

/// One thing that builds have kept.
package struct BuildRemain {
    package enum What {
        case layer(CachedLayer)
        /// The volume of this name.
        case cache(String)
    }

    package let what: What
    /// When a build last had it.
    package let used: Timestamp
    package let bytes: Int64
    /// A build has it now.
    package let isInUse: Bool
    /// An image or a container has it too: its removal frees nothing.
    package let isShared: Bool

    package var layer: CachedLayer? { if case .layer(let layer) = what { layer } else { nil } }
    package var cache: String? { if case .cache(let name) = what { name } else { nil } }
    package var name: String { layer?.name ?? cache ?? "" }
    /// It takes room of its own: no key alone of a step that has written nothing.
    package var hasFiles: Bool { cache != nil || layer?.layer != nil }
    /// To remove it makes room.
    package var isReclaimable: Bool { !isInUse && !isShared }
    /// Docker's word for its kind.
    package var kind: String { cache == nil ? "regular" : "exec.cachemount" }
}

/// What of it goes, as docker's `builder prune` has it.
package struct BuildPrune: Sendable {
    /// What images have too is forgotten as well, and the steps are done anew.
    package var all = false
    /// Only what was last used before this.
    package var unusedSince: Timestamp?
    /// Only what this says of a kind and a name.
    package var isMeant: @Sendable (BuildRemain) -> Bool = { _ in true }
    /// Bytes that it may take, at most.
    package var maximum: Int64?
    /// Bytes that it may take in any case.
    package var reserved: Int64?
    /// Bytes that are to be free on the disk.
    package var free: Int64?

    package init() {}

    /// Whether `remain` is of those that were asked for.
    package func means(_ remain: BuildRemain) -> Bool {
        unusedSince.map { remain.used < $0 } ?? true && isMeant(remain)
    }

    var isLimited: Bool { maximum != nil || reserved != nil || free != nil }

    /// Those of `remains`, the longest unused first, that go: all, or as many as make the rest small enough.
    ///
    /// - Parameter free: bytes that are free on the disk.
    package func choice(of remains: [BuildRemain], free: Int64) -> [BuildRemain] {
        let meant = remains.filter { remain in
            !remain.isInUse && (all || !remain.isShared) && means(remain)
        }
        guard isLimited else { return meant }
        // To remove what images have too makes no room.
        var total = remains.reduce(0) { $0 + ($1.isShared ? 0 : $1.bytes) }
        let allowed = allowed(of: total, free: free)
        var chosen: [BuildRemain] = []
        for remain in meant where !remain.isShared && total > allowed {
            chosen.append(remain)
            total -= remain.bytes
        }
        return chosen
    }

    private func allowed(of total: Int64, free: Int64) -> Int64 {
        var allowed = maximum
        if let wanted = self.free, wanted > free { allowed = min(allowed ?? .max, total - (wanted - free)) }
        return max(allowed ?? (self.free == nil ? 0 : .max), reserved ?? 0)
    }
}
