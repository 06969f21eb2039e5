import Glibc
import JSON
import Linux
import OCI

/// What `pull` is asked for.
package struct PullRequest: Sendable {
    package var reference: Reference
    /// Which of an index's images; of an image for every platform its own.
    package var platform = Platform.host
    /// The image for another platform than this machine's was asked for by name.
    package var isForeign: Bool { platform.distance(to: .host) != 0 }

    package init(_ reference: Reference) { self.reference = reference }
}

extension ImageStore {
    /// Gets an image from its registry: manifest, configuration and those layers that are not here yet, several at
    /// once, each verified; unpacks them, and gives it its name. What breaks off is gone on with by the next pull.
    ///
    /// - Parameter say: told of what happens.
    package func pull(
        _ request: PullRequest, options: RegistryOptions, say: @escaping (TransferEvent) -> Void
    ) throws(ImageError) -> Image {
        let adding = try lock(.adding)
        defer { _ = adding.number }
        let reference = request.reference
        let (client, found) = try options.find(reference) { say(.tick) }
        let top = try put(found.bytes, mediaType: found.mediaType)
        let entry = try choose(top, for: request, of: client, depth: 0)
        let manifest = try document(ImageManifest.self, entry)
        try download([manifest.config] + manifest.layers, options, client, say)

        // An index keeps its own digest, by which people name it; for another machine's image that would lead astray.
        var named = request.isForeign ? entry : top
        let image = try image(entry)
        try requireWhole(image, from: reference.description)
        if !MediaType.isIndex(top.mediaType) { try require(image, isFor: request) }
        if !MediaType.isIndex(named.mediaType) { named.platform = image.configuration.platform }
        for layer in manifest.layers.indices {
            say(.unpacks(manifest.layers[layer].digest))
            try unpackLayer(layer, of: image)
        }
        try give(reference, to: named)
        return Image(
            reference: reference, digest: image.digest, manifest: image.manifest, configuration: image.configuration)
    }

    /// Throws where an image without an index, which is for one platform alone, is not for the one that was asked for.
    private func require(_ image: Image, isFor request: PullRequest) throws(ImageError) {
        var own = image.configuration.platform
        // Many don't say which variant they are of.
        if own.variant == nil { own.variant = request.platform.variant }
        guard request.isForeign, own.distance(to: request.platform) == nil else { return }
        throw .registry(
            request.reference.registry,
            reason: "\(request.reference) is not there for \(request.platform), but for \(image.configuration.platform)"
        )
    }

    /// Behind an index, the image for the platform that was asked for, whose manifest comes into the store.
    private func choose(
        _ entry: ContentDescriptor, for request: PullRequest, of client: RegistryClient, depth: Int
    ) throws(ImageError) -> ContentDescriptor {
        guard MediaType.isIndex(entry.mediaType) else { return entry }
        guard depth < 3 else { throw .damaged("index \(entry.digest)", reason: "indexes lie too deep in one another") }
        let index = try document(ImageIndex.self, entry)
        guard let chosen = index.choice(for: request.platform) else {
            throw .registry(
                client.registry,
                reason: "\(request.reference) is not there for \(request.platform), but for \(index.offer)")
        }
        guard chosen.size <= Int64(Self.documentLimit) else {
            throw .tooLarge("manifest \(chosen.digest)", limit: Int64(Self.documentLimit))
        }
        var found = chosen
        if !has(chosen) {
            let manifest = try client.manifest(
                chosen.digest.description, promised: chosen.digest, size: chosen.size)
            found = try put(manifest.bytes, mediaType: manifest.mediaType)
        }
        found.platform = chosen.platform
        found.annotations = nil
        return try choose(found, for: request, of: client, depth: depth + 1)
    }

    private func download(
        _ blobs: [ContentDescriptor], _ options: RegistryOptions, _ client: RegistryClient,
        _ say: (TransferEvent) -> Void
    ) throws(ImageError) {
        var (queue, seen) = ([ContentDescriptor](), Set<Digest>())
        for blob in blobs where seen.insert(blob.digest).inserted { queue.append(blob) }
        if let first = queue.first, first.size > Int64(Self.documentLimit) {
            throw .tooLarge("configuration \(first.digest)", limit: Int64(Self.documentLimit))
        }
        for blob in queue where blob.size < 0 || blob.size > LayerLimits().bytes {
            throw .tooLarge("layer \(blob.digest)", limit: LayerLimits().bytes)
        }
        say(.begins(queue.map { .init(digest: $0.digest, size: $0.size, isLayer: $0.digest != blobs[0].digest) }))
        var active: [BlobDownload] = []
        while !queue.isEmpty || !active.isEmpty {
            var busy: [ContentDescriptor] = []
            while active.count < options.parallel, !queue.isEmpty {
                let blob = queue.removeFirst()
                if has(blob) {
                    say(.ended(blob.digest, .present))
                } else if let partial = try PartialBlob.open(blob.digest, in: self) {
                    // Whoever had it may have finished since the look before.
                    if has(blob) {
                        partial.discard()
                        say(.ended(blob.digest, .present))
                        continue
                    }
                    active.append(BlobDownload(blob, from: client, into: partial, attempts: options.attempts))
                } else {
                    say(.waits(blob.digest))
                    busy.append(blob)
                }
            }
            queue += busy
            var left: [BlobDownload] = []
            for download in active {
                if try download.advance(self, say) {
                    say(.ended(download.blob.digest, .moved))
                } else {
                    left.append(download)
                }
            }
            let hasEnded = left.count < active.count
            active = left
            if hasEnded { continue }
            if active.isEmpty { usleep(100_000) } else { try client.session.work(atMost: 100) }
            say(.tick)
        }
    }
}
