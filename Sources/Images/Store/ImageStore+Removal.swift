import CLinux
import Glibc
import Linux
import OCI

extension ImageStore {
    /// What was removed, or would be.
    package struct Removal: Hashable, Sendable {
        /// Names that were taken away.
        package var names: [String] = []
        /// Manifests that were left without a name and went.
        package var images: [Digest] = []
        package var blobs = 0
        package var layers = 0
        /// Bytes on disk that are free again.
        package var bytes: Int64 = 0
        /// Blobs and layers are left to the next `prune`, since somebody is adding to the store.
        package var isUnfinished = false
        /// Images of the index that cannot be read: what they are made of, nobody can tell, so nothing was freed.
        package var unreadable: [Unreadable] = []

        package init() {}
    }

    /// An image of the index whose documents cannot be read.
    package struct Unreadable: Hashable, Sendable {
        /// Its name, or the digest of one that has none.
        package let image: String
        package let reason: ImageError
    }

    /// Takes away the name `name`; with an image's last name the image goes, and all that only it used: while somebody is
    /// adding to the store, with the next `prune`.
    ///
    /// A digest takes away all names of its image, where those are of one repository.
    ///
    /// - Parameters:
    ///   - seen: the first digits of the digest that the image was seen with, and a name: what is another image by now,
    ///     or was seen by its digest alone and has a name by now, is refused.
    ///   - inUse: images that containers were made from are refused unless they keep another name. Asked again before
    ///     anything is deleted.
    ///   - force: takes their last name too, and by a digest names of several repositories; what they are made of stays
    ///     until the containers are gone and `prune` runs.
    package func remove(
        _ name: String, seen: String? = nil, inUse: @autoclosure () -> ImageUse = ImageUse(), force: Bool = false
    ) throws(ImageError) -> Removal {
        var removal = Removal()
        let freed = try free(keeping: inUse, onBusy: { false }) { (index) throws(ImageError) in
            let found = try find(name, in: index)
            let named = (try? Reference(name)).map { Self.entries(for: $0, in: index) } ?? []
            let byName = named.contains(found)
            let going = byName ? named : index.manifests.filter { $0.digest == found.digest }
            let names = going.compactMap(Self.reference)
            if let seen { try check(found, names, are: name, seen: seen) }
            if !force, !byName, Set(names.map { [$0.registry, $0.repository] }).count > 1 {
                throw .severalNames(name, names.map(\.description).sorted())
            }
            let left = index.manifests.filter { !going.contains($0) }
            if !left.contains(where: { $0.digest == found.digest }) {
                let digest = (try? image(found).digest) ?? found.digest
                let users = inUse().images
                if !force, let user = users[digest] ?? users[found.digest] { throw .inUse(name, by: user) }
                removal.images = [found.digest]
            }
            removal.names = names.map(\.description)
            index.manifests = left
            return !removal.images.isEmpty
        }
        (removal.blobs, removal.layers, removal.bytes) = (freed.blobs, freed.layers, freed.bytes)
        (removal.isUnfinished, removal.unreadable) = (freed.isUnfinished, freed.unreadable)
        return removal
    }

    /// Throws where `name` meant something else when it was seen.
    private func check(
        _ found: ContentDescriptor, _ names: [Reference], are name: String, seen: String
    ) throws(ImageError) {
        let digest = (try? image(found).digest) ?? found.digest
        guard digest.hex.hasPrefix(seen) || found.digest.hex.hasPrefix(seen) else { throw .moved(name, digest) }
        if Digest(name) != nil, !names.isEmpty { throw .named(name, names.map(\.description).sorted()) }
    }

    /// Removes images without a name, with `all` every image that no container uses, and blobs, layers and half-made
    /// files that nothing refers to.
    ///
    /// - Parameters:
    ///   - inUse: what containers have.
    ///   - isMeant: which of those images go, of those that can be read; absent: all.
    ///   - onBusy: asked where somebody is adding to the store, whether their end is waited for.
    package func prune(
        all: Bool = false, inUse: @autoclosure () -> ImageUse = ImageUse(),
        where isMeant: ((ImageSummary) -> Bool)? = nil, onBusy: () -> Bool = { true }
    ) throws(ImageError) -> Removal {
        var removal = Removal()
        let freed = try free(keeping: inUse, onBusy: onBusy) { (index) throws(ImageError) in
            let users = inUse().images
            let going = index.manifests.filter { entry in
                guard all || Self.reference(of: entry) == nil else { return false }
                let image = try? image(entry)
                guard users[image?.digest ?? entry.digest] == nil, users[entry.digest] == nil else { return false }
                guard let isMeant else { return true }
                // What cannot be read meets no wish.
                return image.map { isMeant(ImageSummary($0)) } ?? false
            }
            removal.names = going.compactMap { Self.reference(of: $0)?.description }
            index.manifests.removeAll { going.contains($0) }
            let left = Set(index.manifests.map(\.digest))
            removal.images = Set(going.map(\.digest)).subtracting(left).sorted()
            return true
        }
        (removal.blobs, removal.layers, removal.bytes) = (freed.blobs, freed.layers, freed.bytes)
        removal.unreadable = freed.unreadable
        return removal
    }

    /// Changes the index by `change`, and removes what no entry of it leads to then.
    ///
    /// - Parameters:
    ///   - inUse: asked once nobody is adding, so that a container that has just been made counts.
    ///   - onBusy: asked where somebody is adding, whether their end is waited for; else it is left to the next `prune`.
    ///   - change: says whether something may be left without an entry by it.
    private func free(
        keeping inUse: () -> ImageUse, onBusy: () -> Bool,
        _ change: (inout ImageIndex) throws(ImageError) -> Bool
    ) throws(ImageError) -> Removal {
        var mayFree = true
        do throws(ImageError) {
            try updateIndex { (index) throws(ImageError) in mayFree = try change(&index) }
        } catch {
            guard case .system(let reason) = error, reason.errno.isNoSpace else { throw error }
            return try makeRoom(keeping: inUse, change)
        }
        guard mayFree else { return Removal() }
        guard let removing = try lockForRemoving(orWait: onBusy) else {
            var left = Removal()
            left.isUnfinished = true
            return left
        }
        defer { _ = removing.number }
        return try collect(try readIndex(), keeping: inUse)
    }

    /// The same on a full disk, where what is removed makes the room for the index. After a kill in between, an image that
    /// was to go is a damaged one, which can be removed again.
    private func makeRoom(
        keeping inUse: () -> ImageUse, _ change: (inout ImageIndex) throws(ImageError) -> Bool
    ) throws(ImageError) -> Removal {
        // Before the index's, as those take them who add.
        let removing = try lock(.removing)
        defer { _ = removing.number }
        var removal = Removal()
        try updateIndex { (index) throws(ImageError) in
            _ = try change(&index)
            removal = try collect(index, keeping: inUse)
        }
        return removal
    }

    /// Does `body` under a lock for adding. Where it fails, what it has added without giving it a name goes again; all of
    /// it stays where somebody else is adding, who may build on it, until `prune`.
    func adding<R>(_ body: () throws(ImageError) -> R) throws(ImageError) -> R {
        let adding = try lock(.adding)
        var before: Set<String> = []
        for folder in [blobs, layers, ingest] { before.formUnion(try names(in: folder)) }
        do throws(ImageError) { return try body() } catch {
            if flock(adding.number, LOCK_EX | LOCK_NB) == 0 {
                _ = try? collect(try readIndex(), keeping: { ImageUse() }, sparing: before)
            }
            throw error
        }
    }

    /// Removes what neither an entry of `index` leads to nor the cache of builds keeps. Hold the lock for removing.
    ///
    /// - Parameter before: names of blobs, layers and half-made files that stay in any case.
    func collect(
        _ index: ImageIndex, keeping inUse: () -> ImageUse, sparing before: Set<String> = []
    ) throws(ImageError) -> Removal {
        var removal = Removal()
        var held = held(by: index, inUse())
        removal.unreadable = held.unreadable
        // What such a one is made of may be all that there is of it.
        guard held.unreadable.isEmpty else { return removal }
        held.blobs.formUnion(before)
        held.layers.formUnion(before)
        for layer in buildCache.entries().compactMap(\.layer) {
            held.blobs.insert(layer.descriptor.digest.hex)
            held.layers.insert(layer.diffID.hex)
        }
        // One that cannot be removed keeps no other: the first failure is told when all has been tried.
        var failure: ImageError?
        func discarding(_ body: () throws(ImageError) -> Void) {
            do throws(ImageError) { try body() } catch { failure = failure ?? error }
        }
        for name in try names(in: blobs) where !held.blobs.contains(name) {
            discarding { () throws(ImageError) in
                removal.bytes += try discard("\(blobs)/\(name)")
                removal.blobs += 1
            }
        }
        // Names with a dot come first: what a kill has left of a layer would be in the way of its renaming.
        for name in try names(in: layers).sorted() where !held.layers.contains(name) {
            discarding { () throws(ImageError) in
                removal.bytes += try discard(layer: name)
                removal.layers += 1
            }
        }
        for name in try names(in: verified) where !held.blobs.contains(name) { unlink("\(verified)/\(name)") }
        // Nobody is adding, so these are of processes that were killed.
        for name in try names(in: ingest) where !before.contains(name) {
            discarding { () throws(ImageError) in removal.bytes += try discard("\(ingest)/\(name)") }
        }
        if let failure { throw failure }
        return removal
    }

    /// Names of the blobs and the unpacked layers that images are made of.
    struct Held {
        var blobs: Set<String> = []
        var layers: Set<String> = []
        /// The images of which nobody can tell.
        var unreadable: [Unreadable] = []
    }

    /// What the entries of `index` lead to, and what containers are made of.
    func held(by index: ImageIndex, _ use: ImageUse) -> Held {
        var held = Held()
        for entry in index.manifests {
            do throws(ImageError) { try mark(entry, &held, depth: 0) } catch {
                let image = Self.reference(of: entry)?.description ?? entry.digest.description
                held.unreadable.append(Unreadable(image: image, reason: error))
            }
        }
        held.layers.formUnion(use.layers)
        for digest in use.images.keys {
            var status = stat()
            guard stat(path(of: digest), &status) == 0 else { continue }
            let entry = ContentDescriptor(
                mediaType: MediaType.manifest, digest: digest, size: Int64(status.st_size))
            // Of one that no name leads to any more, the layers are kept by the containers' records.
            try? mark(entry, &held, depth: 0)
        }
        return held
    }

    /// Notes all that `entry` leads to. Throws where that cannot be read; it is itself kept, `verify` will tell of it.
    private func mark(_ entry: ContentDescriptor, _ held: inout Held, depth: Int) throws(ImageError) {
        guard depth < 5 else { return }
        held.blobs.insert(entry.digest.hex)
        if MediaType.isIndex(entry.mediaType) {
            let index = try document(ImageIndex.self, entry)
            let own = index.choice(for: .host)
            // Other platforms' images need not be here, nor be images: of those what can be read is kept.
            for child in index.manifests where Files.exists(path(of: child.digest)) {
                do throws(ImageError) { try mark(child, &held, depth: depth + 1) } catch {
                    if child == own { throw error }
                }
            }
            return
        }
        let manifest = try document(ImageManifest.self, entry)
        held.blobs.insert(manifest.config.digest.hex)
        for layer in manifest.layers { held.blobs.insert(layer.digest.hex) }
        let configuration = try document(ImageConfiguration.self, manifest.config)
        for diffID in configuration.rootfs.diffIDs { held.layers.insert(diffID.hex) }
    }

    private func names(in folder: String) throws(ImageError) -> [String] {
        try system { () throws(SystemCallError) in try Files.names(in: folder) }
    }

    /// Removes one of the layers; the bytes on disk that this frees.
    private func discard(layer name: String) throws(ImageError) -> Int64 {
        let path = "\(layers)/\(name)"
        if name.hasPrefix(".") { return try discard(path) }
        // Whoever lists the folder meanwhile, or comes after a kill, finds no layer that lacks files.
        let doomed = "\(layers)/.\(name).removed"
        try system { () throws(SystemCallError) in try systemCall("rename", path) { rename(path, doomed) } }
        return try discard(doomed)
    }

    /// Removes `path` and all below it; the bytes on disk that this frees.
    private func discard(_ path: String) throws(ImageError) -> Int64 {
        let bytes = DiskUsage.bytes(below: path)
        try system { () throws(SystemCallError) in try Files.removeTree(path) }
        return bytes
    }
}
