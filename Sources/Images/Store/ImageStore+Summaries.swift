import Glibc
import Linux
import OCI

/// What lists show of an image.
package struct ImageSummary: Hashable, Sendable {
    package let reference: Reference?
    /// The manifest's digest.
    package let digest: Digest
    /// Bytes of its blobs.
    package let size: Int64
    package let layers: Int
    /// `linux/amd64`.
    package let platform: String
    package let created: Timestamp?

    /// The reference as people write it, else the digest.
    package var name: String { reference?.description ?? digest.description }

    package init(_ image: Image) {
        reference = image.reference
        digest = image.digest
        size = image.size
        layers = image.manifest.layers.count
        platform = image.configuration.platform.description
        created = image.created
    }

    /// As an entry of the index keeps it, so that a list need not read two documents an image.
    var text: String { "\(digest) \(size) \(layers) \(platform) \(created?.description ?? "-")" }

    init?(_ text: String, reference: Reference?) {
        let words = text.split(separator: " ")
        guard words.count == 5, let digest = Digest(String(words[0])), let size = Int64(words[1]),
            let layers = Int(words[2])
        else { return nil }
        self.reference = reference
        self.digest = digest
        self.size = size
        self.layers = layers
        platform = String(words[3])
        created = Timestamp(String(words[4]))
    }
}

extension ImageStore {
    /// All images as lists show them, by name, those without one last. Each that cannot be read goes to `onDamage` and is
    /// left out.
    package func summaries(onDamage: (ImageError) -> Void = { _ in }) throws(ImageError) -> [ImageSummary] {
        var found: [ImageSummary] = []
        for entry in try readIndex().manifests {
            if let text = entry.annotations?[Annotation.summary],
                let summary = ImageSummary(text, reference: Self.reference(of: entry)),
                Files.exists(path(of: summary.digest))
            {
                found.append(summary)
                continue
            }
            do throws(ImageError) { found.append(ImageSummary(try image(entry))) } catch { onDamage(error) }
        }
        return found.map { ($0.name, $0) }.sorted { a, b in
            (a.1.reference == nil ? 1 : 0, a.0) < (b.1.reference == nil ? 1 : 0, b.0)
        }.map(\.1)
    }

    /// The annotations of an entry of the index for `descriptor`: its name, and what lists show of it.
    func annotations(of descriptor: ContentDescriptor, named reference: Reference?) -> [String: String]? {
        var bare = descriptor
        bare.annotations = nil
        var annotations: [String: String] = [:]
        if let reference { annotations[Annotation.referenceName] = reference.description }
        if let image = try? image(bare) { annotations[Annotation.summary] = ImageSummary(image).text }
        return annotations.isEmpty ? nil : annotations
    }
}
