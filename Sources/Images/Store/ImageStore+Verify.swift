import Linux
import OCI

/// What `verify` has found.
package struct Verification: Hashable, Sendable {
    package var images = 0
    package var blobs = 0
    /// Bytes that were read.
    package var bytes: Int64 = 0
    package var problems: [ImageError] = []

    package init() {}
}

extension ImageStore {
    /// Reads every blob of the images again and compares it with its digest, and each layer's with what its configuration
    /// promises of it; of all images, and of what the cache of builds keeps, where `names` is empty.
    package func verify(_ names: [String] = []) throws(ImageError) -> Verification {
        // A prune meanwhile would look like damage.
        let adding = try lock(.adding)
        defer { _ = adding.number }
        var result = Verification()
        var seen: [Digest: Bool] = [:]
        let index = try readIndex()
        var entries = index.manifests
        if !names.isEmpty {
            entries = []
            for name in names { entries.append(try find(name, in: index)) }
        }
        for entry in entries {
            result.images += 1
            verify(entry, &result, &seen)
            let image: Image
            do throws(ImageError) { image = try self.image(entry) } catch {
                if !result.problems.contains(error) { result.problems.append(error) }
                continue
            }
            let manifest = ContentDescriptor(
                mediaType: MediaType.manifest, digest: image.digest, size: size(of: image.digest))
            for blob in [manifest, image.manifest.config] + image.manifest.layers { verify(blob, &result, &seen) }
            verifyLayers(of: image, &result, seen)
        }
        guard names.isEmpty else { return result }
        for layer in buildCache.entries().compactMap(\.layer) where has(layer) {
            verify(layer.descriptor, &result, &seen)
        }
        return result
    }

    private func verifyLayers(of image: Image, _ result: inout Verification, _ seen: [Digest: Bool]) {
        do throws(ImageError) {
            // Of a damaged blob more need not be said.
            for (layer, diffID) in try promisedLayers(image) where seen[layer.digest] == true {
                try verify(layer, as: diffID)
            }
        } catch { if !result.problems.contains(error) { result.problems.append(error) } }
    }

    /// - Parameter seen: the blobs that were read, and whether they are whole.
    private func verify(_ blob: ContentDescriptor, _ result: inout Verification, _ seen: inout [Digest: Bool]) {
        guard seen[blob.digest] == nil else { return }
        do throws(ImageError) {
            let (found, size) = try SHA256.digest(of: try open(blob))
            result.blobs += 1
            result.bytes += size
            if found != blob.digest {
                throw .wrongDigest("blob \(blob.digest.short)", expected: blob.digest, found: found)
            }
            seen[blob.digest] = true
        } catch {
            seen[blob.digest] = false
            result.problems.append(error)
        }
    }

    /// All names of the image that `name` means.
    package func names(of name: String) throws(ImageError) -> [String] {
        let index = try readIndex()
        let digest = try find(name, in: index).digest
        return index.manifests.filter { $0.digest == digest }.compactMap { Self.reference(of: $0)?.description }
            .sorted()
    }
}
