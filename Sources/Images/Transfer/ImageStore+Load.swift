import CLinux
import Glibc
import JSON
import Linux
import OCI

extension ImageStore {
    /// Takes in the images of an OCI archive, a docker archive (`-` for standard input), or the folder of an OCI layout.
    ///
    /// Every blob is verified against its digest, and every image is looked at whole, before any gets its name.
    ///
    /// - Parameter name: for an archive with one image, its name here in place of its own.
    /// - Returns: an image for each name, and one for each that has none.
    package func load(_ source: String, name: Reference? = nil) throws(ImageError) -> [Image] {
        try adding { () throws(ImageError) in try take(source, name: name) }
    }

    private func take(_ source: String, name: Reference?) throws(ImageError) -> [Image] {
        var status = stat()
        let found: [Loaded]
        if source != "-", stat(source, &status) == 0, status.isFolder {
            found = try loadLayout(source)
        } else {
            let file = try Self.open(source)
            let text = source == "-" ? "the archive" : source
            let archive = try ArchiveReader(file, named: text, limit: LayerLimits().bytes)
            let contents = try ImageArchive(archive, into: self)
            found = try images(in: contents, named: text)
        }
        guard name == nil || found.count == 1 else {
            throw .damaged(source, reason: "it has \(found.count) images, so one name does not do")
        }
        var result: [Image] = []
        for image in found {
            let names = name.map { [$0] } ?? image.names
            for reference in names {
                try give(reference, to: image.manifest)
                result.append(try resolve(reference.description))
            }
            if names.isEmpty {
                try keepNameless(image.manifest)
                result.append(try resolve(image.manifest.digest.description))
            }
        }
        return result
    }

    private struct Loaded {
        let manifest: ContentDescriptor
        let names: [Reference]
    }

    func keepNameless(_ manifest: ContentDescriptor) throws(ImageError) {
        try updateIndex { index in
            if index.manifests.contains(where: { $0.digest == manifest.digest }) { return }
            index.manifests.append(manifest)
        }
    }

    private func images(in archive: ImageArchive, named name: String) throws(ImageError) -> [Loaded] {
        if let index = try archive.document(ImageIndex.self, "index.json") { return try loaded(index, from: name) }
        if let list = try archive.document([DockerArchiveImage].self, "manifest.json") {
            var result: [Loaded] = []
            for image in list { result.append(try dockerImage(image, in: archive)) }
            return result
        }
        throw .damaged(name, reason: "it has neither index.json nor manifest.json; for a root file system use import")
    }

    /// The images of a layout's index, whose blobs are in the store; of several platforms, this host's.
    private func loaded(_ index: ImageIndex, from name: String) throws(ImageError) -> [Loaded] {
        var byDigest: [Digest: Loaded] = [:]
        var order: [Digest] = []
        for entry in index.manifests {
            var bare = entry
            bare.annotations = nil
            let image = try image(bare)
            try requireWhole(image, from: name)
            let reference = Self.name(of: entry)
            if byDigest[image.digest] == nil { order.append(image.digest) }
            let manifest = ContentDescriptor(
                mediaType: image.manifest.mediaType ?? MediaType.manifest, digest: image.digest,
                size: size(of: image.digest), platform: image.configuration.platform)
            let names = (byDigest[image.digest]?.names ?? []) + [reference].compactMap(\.self)
            byDigest[image.digest] = Loaded(manifest: manifest, names: names)
        }
        return order.compactMap { byDigest[$0] }
    }

    /// The name that the tool which wrote a layout meant.
    private static func name(of entry: ContentDescriptor) -> Reference? {
        let name = entry.annotations?[Annotation.referenceName]
        // Docker has the tag alone there, and the name beside it; others have the name, and may have copied what is
        // beside it from another image.
        let isWhole = name?.contains(where: { $0 == ":" || $0 == "/" }) ?? false
        let text = isWhole ? name : entry.annotations?[Annotation.containerdName] ?? name
        return text.flatMap { try? Reference($0) }
    }

    func requireWhole(_ image: Image, from name: String) throws(ImageError) {
        for layer in image.manifest.layers where !has(layer) {
            throw .damaged(name, reason: "layer \(layer.digest) is not in it")
        }
        guard image.manifest.layers.count == image.configuration.rootfs.diffIDs.count else {
            throw .damaged(name, reason: "its configuration speaks of other layers than its manifest")
        }
    }

    private func dockerImage(
        _ entry: DockerArchiveImage, in archive: ImageArchive
    ) throws(ImageError) -> Loaded {
        let config: ContentDescriptor
        if let bytes = archive.documents[entry.config] {
            config = try put(bytes, mediaType: MediaType.configuration)
        } else if var blob = archive.blob(entry.config) {
            blob.mediaType = MediaType.configuration
            config = blob
        } else {
            throw .damaged("the archive", reason: "its configuration \(printable(entry.config)) is not in it")
        }
        let configuration = try document(ImageConfiguration.self, config)
        var layers: [ContentDescriptor] = []
        for path in entry.layers {
            guard let blob = archive.blob(path) else {
                throw .damaged("the archive", reason: "its layer \(printable(path)) is not in it")
            }
            layers.append(blob)
        }
        let manifest = ImageManifest(config: config, layers: layers)
        var descriptor = try put(try encode(manifest), mediaType: MediaType.manifest)
        descriptor.platform = configuration.platform
        try requireWhole(try image(descriptor), from: "the archive")
        return Loaded(manifest: descriptor, names: (entry.repoTags ?? []).compactMap { try? Reference($0) })
    }

    /// Copies the blobs of the layout in folder `path`, each verified.
    private func loadLayout(_ path: String) throws(ImageError) -> [Loaded] {
        let other = ImageStore(root: path)
        let index = try other.readIndex()
        guard !index.manifests.isEmpty else { throw .damaged(path, reason: "it has no index.json with images") }
        for entry in index.manifests { try copy(entry, from: other, depth: 0) }
        return try loaded(index, from: path)
    }

    /// Copies what `entry` leads to; in an index, what is for this host.
    private func copy(_ entry: ContentDescriptor, from other: ImageStore, depth: Int) throws(ImageError) {
        guard depth < 4 else { throw .damaged(other.root, reason: "indexes lie too deep in one another") }
        try copyBlob(entry, from: other)
        if MediaType.isIndex(entry.mediaType) {
            let children = try document(ImageIndex.self, entry).manifests
            let fitting = children.filter {
                $0.platform == nil
                    || $0.platform?.architecture == Platform.host.architecture && $0.platform?.os == Platform.host.os
            }
            for child in fitting { try copy(child, from: other, depth: depth + 1) }
            return
        }
        let manifest = try document(ImageManifest.self, entry)
        for blob in [manifest.config] + manifest.layers { try copyBlob(blob, from: other) }
    }

    private func copyBlob(_ blob: ContentDescriptor, from other: ImageStore) throws(ImageError) {
        if has(blob) { return }
        let file = try other.open(blob)
        _ = try put(file, named: "blob \(blob.digest.short) of \(other.root)", promised: blob.digest, limit: blob.size)
    }
}
