import Images
import JSON
import Linux
import OCI

/// What steps have made before, by what went into them: a small file each, which counts as long as the layer is there.
struct BuildCache {
    let folder: String

    /// The key of a step: what was before, what it says, and what it reads.
    static func key(_ parts: [String]) throws(ImageError) -> String {
        var bytes: [UInt8] = []
        // Each with its length, so that no two lists of parts are one text.
        for part in parts { bytes += Array("\(part.utf8.count):\(part)\n".utf8) }
        return try ImageStore.digest(of: bytes).hex
    }

    func layer(_ key: String, in images: ImageStore) -> NewLayer? {
        guard let bytes = try? Files.read("\(folder)/\(key)", limit: 65_536),
            let layer = try? JSON.decode(NewLayer.self, from: bytes), images.has(layer)
        else { return nil }
        return layer
    }

    /// Keeps `layer`; a cache that cannot be written is none, and no reason to fail.
    func keep(_ layer: NewLayer, as key: String) {
        guard let bytes = try? JSON.encode(layer) else { return }
        try? Files.makePrivate(folder)
        try? Files.replace("\(folder)/\(key)", with: bytes, durable: false)
    }

    /// When the step with this key was first done; now, where it has not been, which is kept.
    func time(of key: String, orNow now: String) -> String {
        let path = "\(folder)/\(key).time"
        if let text = Files.text(path), Timestamp(text) != nil { return text }
        try? Files.makePrivate(folder)
        try? Files.replace(path, with: now.utf8, durable: false)
        return now
    }
}
