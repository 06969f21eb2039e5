import CArchive
import Glibc
import JSON
import Linux
import OCI

/// The files of an archive that another tool has saved, once read: documents in memory, all else as blobs of the store.
struct ImageArchive {
    private(set) var documents: [String: [UInt8]] = [:]
    private(set) var blobs: [String: ContentDescriptor] = [:]
    private var links: [String: String] = [:]

    /// Reads all of `archive`. A file below `blobs/sha256` must have the digest that it is called by.
    init(_ archive: borrowing ArchiveReader, into store: ImageStore) throws(ImageError) {
        var count = 0
        while let entry = try archive.next() {
            count += 1
            guard count <= 100_000 else { throw .damaged("the archive", reason: "it has more than 100,000 entries") }
            let path = try LayerPath(entry.path).text
            switch entry.type {
            case S_IFREG: try read(path, entry, archive, store)
            case S_IFLNK, 0:
                // Old docker archives have a layer that is there already as a link to it.
                guard let target = entry.link else { continue }
                links[path] = Self.resolve(String(cString: target), from: entry.type == 0 ? "" : path)
            default: continue
            }
        }
    }

    private mutating func read(
        _ path: String, _ entry: carchive_entry, _ archive: borrowing ArchiveReader, _ store: ImageStore
    ) throws(ImageError) {
        let name = path.split(separator: "/").last ?? ""
        if !path.hasPrefix("blobs/"), name.hasSuffix(".json") || ["oci-layout", "repositories"].contains(name) {
            guard documents.count < 10_000 else { throw .damaged("the archive", reason: "it has too many documents") }
            documents[path] = try archive.document(limit: ImageStore.documentLimit, named: path)
            return
        }
        // Of old docker archives: each layer's version and its own configuration, which say nothing more.
        if ["VERSION", "json"].contains(name) { return }
        var promised: Digest?
        if path.hasPrefix("blobs/sha256/") {
            promised = Digest(hex: name)
            if promised == nil { throw .damaged(printable(path), reason: "its name is no digest") }
        }
        let blob = try NewBlob(in: store)
        let hash = try SHA256()
        var size: Int64 = 0
        var head: [UInt8] = []
        try archive.forEachBlock { (bytes, offset) throws(ImageError) in
            // A few bytes of the archive could say so many zeros as fill the disk, before any digest is known.
            if size < offset { throw Self.sparse(path) }
            if head.count < 4 { head += bytes.prefix(4 - head.count) }
            try hash.update(bytes)
            try blob.write(bytes)
            size += Int64(bytes.count)
        }
        guard size == entry.size else { throw .damaged(printable(path), reason: "it is cut short") }
        let digest = try hash.finish()
        if let promised, promised != digest {
            throw .wrongDigest(printable(path), expected: promised, found: digest)
        }
        try blob.commit(as: digest, in: store)
        blobs[path] = ContentDescriptor(mediaType: Self.layerType(head), digest: digest, size: size)
    }

    private static func sparse(_ path: String) -> ImageError {
        .hostile(entry: path, reason: "its zeros were left out of the archive: make that without tar's --sparse")
    }

    /// The media type of a layer that begins with these bytes.
    private static func layerType(_ head: [UInt8]) -> String {
        if head.starts(with: [0x1F, 0x8B]) { return MediaType.gzipLayer }
        return head.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) ? MediaType.zstdLayer : MediaType.layer
    }

    /// The blob at `path`, through a link if need be.
    func blob(_ path: String) -> ContentDescriptor? {
        var path = path
        for _ in 0..<10 {
            if let blob = blobs[path] { return blob }
            guard let target = links[path] else { return nil }
            path = target
        }
        return nil
    }

    private static func resolve(_ target: String, from path: String) -> String {
        var parts = target.hasPrefix("/") ? [] : path.split(separator: "/").dropLast().map(String.init)
        for part in target.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(String(part)) }
        }
        return parts.joined(separator: "/")
    }

    /// The document at `path`, decoded; `nil` where there is none.
    func document<T: Decodable>(_ type: T.Type, _ path: String) throws(ImageError) -> T? {
        guard let bytes = documents[path] else { return nil }
        do { return try JSON.decode(T.self, from: bytes) } catch {
            throw .damaged(printable(path), reason: error.description)
        }
    }
}

/// One image of a docker archive's `manifest.json`.
struct DockerArchiveImage: Hashable, Sendable, Codable {
    var config: String
    var repoTags: [String]?
    /// The lowest first.
    var layers: [String]

    private enum CodingKeys: String, CodingKey {
        case config = "Config"
        case repoTags = "RepoTags"
        case layers = "Layers"
    }
}
