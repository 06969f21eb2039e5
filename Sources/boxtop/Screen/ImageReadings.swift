import Dashboard
import Images
import Linux
import OCI
import Records

/// The images of this host, for the dashboard's page of them: read again when something was added or removed, since the
/// page asks at each sweep.
final class ImageWatch {
    private let context: Context
    private var stamp: FileStamp?
    private var images: [Image] = []

    init(_ context: Context) { self.context = context }

    func readings() -> [ImageReading] {
        let now = FileStamp("\(context.layout.images)/index.json")
        if now == nil || now != stamp {
            images = (try? context.images.list()) ?? []
            stamp = now
        }
        // One image under two names shares nothing with itself.
        var owners: [Digest: Set<Digest>] = [:]
        for image in images {
            for layer in image.manifest.layers { owners[layer.digest, default: []].insert(image.digest) }
        }
        let users = context.containerNames { $0.imageDigest.flatMap { Digest($0) }.map { [$0] } ?? [] }
        return images.map { image in
            let shared = image.manifest.layers.filter { (owners[$0.digest]?.count ?? 0) > 1 }
            return ImageReading(
                name: image.name, isNamed: image.reference != nil, id: image.digest.short, size: image.size,
                shared: shared.reduce(0) { $0 + $1.size }, users: users[image.digest] ?? [],
                created: image.created)
        }
    }
}
