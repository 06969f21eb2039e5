import JSON
import Linux
import OCI

extension ImageStore {
    /// All images, by name, those without one last. Each that cannot be read goes to `onDamage` and is left out.
    package func list(onDamage: (ImageError) -> Void = { _ in }) throws(ImageError) -> [Image] {
        var images: [Image] = []
        for entry in try readIndex().manifests {
            do throws(ImageError) { images.append(try image(entry)) } catch { onDamage(error) }
        }
        return images.sorted { ($0.reference == nil ? 1 : 0, $0.name) < ($1.reference == nil ? 1 : 0, $1.name) }
    }

    /// The image that `name` means: a name as docker's (`starter`, `host:5000/a/b:tag`, `name@sha256:…`), a digest, or
    /// the first digits of one, at least four.
    ///
    /// A name goes before digits. Throws `notFound`, or `ambiguous` where the digits fit several images.
    package func resolve(_ name: String) throws(ImageError) -> Image {
        try image(try find(name, in: try readIndex()))
    }

    /// Gives the image that `name` means the further name `newName`; what had it before loses it.
    package func tag(_ name: String, as newName: Reference) throws(ImageError) {
        let adding = try lock(.adding)
        defer { _ = adding.number }
        var found = try find(name, in: try readIndex())
        found.annotations = nil
        try give(newName, to: found)
    }

    /// Makes `reference` the name of the manifest `descriptor`, which must be in the store.
    func give(_ reference: Reference, to descriptor: ContentDescriptor) throws(ImageError) {
        let annotations = annotations(of: descriptor, named: reference)
        try updateIndex { index in
            // What the name meant before stays, without a name, until it is pruned.
            let previous = index.manifests.filter { Self.reference(of: $0)?.canonical == reference.canonical }
            index.manifests.removeAll { Self.reference(of: $0)?.canonical == reference.canonical }
            for var entry in previous where !index.manifests.contains(where: { $0.digest == entry.digest }) {
                entry.annotations = nil
                if entry.digest != descriptor.digest { index.manifests.append(entry) }
            }
            index.manifests.removeAll { $0.digest == descriptor.digest && Self.reference(of: $0) == nil }
            var named = descriptor
            named.annotations = annotations
            index.manifests.append(named)
        }
    }

    /// The name that an entry of an index carries, however it is written.
    static func reference(of entry: ContentDescriptor) -> Reference? {
        entry.annotations?[Annotation.referenceName].flatMap { try? Reference($0) }
    }

    /// `index.json`; empty where there is none yet.
    func readIndex() throws(ImageError) -> ImageIndex {
        let bytes: [UInt8]
        do { bytes = try Files.read(indexPath, limit: Self.indexLimit) } catch {
            if error.errno == .noSuchFile { return ImageIndex(manifests: []) }
            throw .system(error)
        }
        do { return try ImageIndex.read(bytes) } catch {
            throw .damaged(indexPath, reason: error.description)
        }
    }

    /// Changes `index.json` by `change`, with nobody else doing so meanwhile. Written where it is another then: on a full
    /// disk it could not be.
    func updateIndex(_ change: (inout ImageIndex) throws(ImageError) -> Void) throws(ImageError) {
        let held = try lock(.index)
        defer { _ = held.number }
        let old = try readIndex()
        var index = old
        try change(&index)
        if index != old { try write(index, to: indexPath) }
    }

    /// The entry of `index` that `name` means.
    func find(_ name: String, in index: ImageIndex) throws(ImageError) -> ContentDescriptor {
        if let digest = Digest(name) {
            if let entry = index.manifests.first(where: { $0.digest == digest }) { return entry }
            throw .notFound(name)
        }
        if let wanted = try? Reference(name), let entry = Self.entry(for: wanted, in: index) { return entry }
        let digits = name.hasPrefix("sha256:") ? name.dropFirst(7) : name[...]
        if digits.utf8.count >= 4, digits.utf8.count <= 64, digits.allSatisfy(\.isHexDigit) {
            let fitting = Set(index.manifests.map(\.digest).filter { $0.hex.hasPrefix(digits) })
            if fitting.count > 1 { throw .ambiguous(String(digits), fitting.sorted().map(\.short)) }
            if let digest = fitting.first, let entry = index.manifests.first(where: { $0.digest == digest }) {
                return entry
            }
        }
        // Says what is wrong with the name, if something is.
        _ = try Reference(name)
        throw .notFound(name)
    }

    private static func entry(for wanted: Reference, in index: ImageIndex) -> ContentDescriptor? {
        entries(for: wanted, in: index).first
    }

    /// The entries of `index` that `wanted` means: the one with this very name, else, with a digest, all of the repository
    /// that have that digest. A tag beside a digest says nothing more, as with docker.
    static func entries(for wanted: Reference, in index: ImageIndex) -> [ContentDescriptor] {
        let known = index.manifests.compactMap { entry in reference(of: entry).map { (entry: entry, name: $0) } }
            .filter { $0.name.registry == wanted.registry && $0.name.repository == wanted.repository }
        if let exact = known.first(where: { $0.name == wanted }) { return [exact.entry] }
        guard let digest = wanted.digest else {
            return known.filter { $0.name.tag == wanted.tag }.prefix(1).map(\.entry)
        }
        return known.filter { $0.entry.digest == digest }.map(\.entry)
    }

    /// The image behind an entry of an index; behind an index in it, the manifest for this machine.
    func image(_ entry: ContentDescriptor) throws(ImageError) -> Image {
        let descriptor = try manifestDescriptor(entry, depth: 0)
        let manifest = try document(ImageManifest.self, descriptor)
        return Image(
            reference: Self.reference(of: entry), digest: descriptor.digest, manifest: manifest,
            configuration: try document(ImageConfiguration.self, manifest.config))
    }

    private func manifestDescriptor(
        _ entry: ContentDescriptor, depth: Int
    ) throws(ImageError) -> ContentDescriptor {
        guard MediaType.isIndex(entry.mediaType) else { return entry }
        // An index in an index in an index is a joke or an attack.
        guard depth < 3 else { throw .damaged("index \(entry.digest)", reason: "indexes lie too deep in one another") }
        let index = try document(ImageIndex.self, entry)
        guard let chosen = index.choice(for: .host) else {
            let first = index.manifests.first?.platform ?? Platform(architecture: "nothing", os: "nothing")
            throw .wrongPlatform(image: Self.reference(of: entry)?.description ?? entry.digest.description, first)
        }
        return try manifestDescriptor(chosen, depth: depth + 1)
    }

    private static let indexLimit = 64 << 20
}
