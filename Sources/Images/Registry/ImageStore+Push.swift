import Glibc
import Linux
import OCI

extension ImageStore {
    /// Sends the image `name` to the registry of `target`: the blobs that it has not, several at once, then the manifest.
    ///
    /// - Returns: the manifest's digest.
    package func push(
        _ name: String, to target: Reference, options: RegistryOptions, say: @escaping (TransferEvent) -> Void
    ) throws(ImageError) -> Digest {
        // What is being sent must not be pruned meanwhile.
        let adding = try lock(.adding)
        defer { _ = adding.number }
        let image = try resolve(name)
        let others = try repositories(of: target)
        let scopes =
            ["repository:\(target.repository):pull,push"]
            + Set(others.values.joined()).sorted().map { "repository:\($0):pull" }
        let client = try RegistryClient(
            registry: target.registry, repository: target.repository, scopes: scopes, options: options,
            onWait: { say(.tick) })
        try upload(image, others, options, client, say)
        let manifest = ContentDescriptor(
            mediaType: image.manifest.mediaType ?? MediaType.manifest, digest: image.digest,
            size: size(of: image.digest))
        var request = HTTPRequest(.put, client.url("manifests/\(target.tag ?? image.digest.description)"))
        request.headers = [("Content-Type", manifest.mediaType)]
        request.content = .bytes(try documentBytes(manifest))
        let answer = try client.send(request)
        guard answer.status == 201 else { throw client.error(of: answer, doing: "push the manifest of \(target)") }
        return image.digest
    }

    /// For each blob of images that are named after another repository of the registry of `target`: those repositories,
    /// which may have it, so that it need not be sent.
    private func repositories(of target: Reference) throws(ImageError) -> [Digest: [String]] {
        var found: [Digest: [String]] = [:]
        for image in try list() {
            guard let name = image.reference, name.registry == target.registry, name.repository != target.repository
            else { continue }
            for layer in image.manifest.layers {
                let known = found[layer.digest] ?? []
                // Each that has it not costs a request.
                if known.count < 3, !known.contains(name.repository) { found[layer.digest] = known + [name.repository] }
            }
        }
        return found
    }

    private func upload(
        _ image: Image, _ others: [Digest: [String]], _ options: RegistryOptions, _ client: RegistryClient,
        _ say: (TransferEvent) -> Void
    ) throws(ImageError) {
        let config = image.manifest.config
        var (queue, seen) = ([ContentDescriptor](), Set<Digest>())
        for blob in [config] + image.manifest.layers where seen.insert(blob.digest).inserted { queue.append(blob) }
        say(.begins(queue.map { .init(digest: $0.digest, size: $0.size, isLayer: $0.digest != config.digest) }))
        var active: [BlobUpload] = []
        while !queue.isEmpty || !active.isEmpty {
            while active.count < options.parallel, !queue.isEmpty {
                let blob = queue.removeFirst()
                let upload = BlobUpload(blob, try open(blob), to: client, attempts: options.attempts)
                if let end = try upload.start(others: others[blob.digest] ?? []) {
                    say(.ended(blob.digest, end))
                } else {
                    active.append(upload)
                }
            }
            var left: [BlobUpload] = []
            for upload in active {
                if try upload.advance(say) { say(.ended(upload.blob.digest, .moved)) } else { left.append(upload) }
            }
            let hasEnded = left.count < active.count
            active = left
            if !hasEnded, !active.isEmpty { try client.session.work(atMost: 100) }
            say(.tick)
        }
    }
}
