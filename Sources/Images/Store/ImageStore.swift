import CLinux
import Glibc
import JSON
import Linux
import OCI

/// The images of a person or a host: an OCI layout (image specification, "Image Layout") in one folder.
///
///     blobs/sha256/…   manifests, configurations and layers, each named by its digest; verified when written, then
///                      never changed
///     index.json       the names, as annotations org.opencontainers.image.ref.name
///     layers/DIFFID/   each layer unpacked once, shared by all images and containers
///     verified/BLOB    a symbolic link to the diff-id that a layer's blob was seen to have
///     cache/           which steps of builds have made which layers, that stay for the next ones
///     ingest/          blobs that are being written
///
/// Any number of processes may use one store at once: whoever adds holds a shared flock(2) on `.lock`, whoever removes
/// blobs an exclusive one, and `index.json` is changed under one on `.index.lock`.
package struct ImageStore: Hashable, Sendable {
    package let root: String

    /// The store in folder `root`, which is made when the first image is added.
    package init(root: String) { self.root = root }

    var blobs: String { "\(root)/blobs/sha256" }
    var layers: String { "\(root)/layers" }
    var ingest: String { "\(root)/ingest" }
    var indexPath: String { "\(root)/index.json" }

    /// Where the blob of `digest` lies.
    package func path(of digest: Digest) -> String { "\(blobs)/\(digest.hex)" }

    /// Makes the folders that are missing.
    func prepare() throws(ImageError) {
        // What people put into images is not for all users of the host to read; and layers have programs in them that
        // become root, and are root's on disk.
        try system { () throws(SystemCallError) in try Files.makePrivate(root) }
        if Files.exists("\(root)/oci-layout"), [ingest, layers, verified].allSatisfy(Files.exists) { return }
        for folder in [blobs, ingest, layers, verified] {
            try system { () throws(SystemCallError) in try Files.makeDirectories(folder, mode: 0o700) }
        }
        try write(ImageLayoutMarker(), to: "\(root)/oci-layout")
    }

    /// What a lock on the store is for.
    enum LockKind {
        /// Blobs are being added, or read for longer than a moment.
        case adding
        /// Blobs and layers without a user are being removed.
        case removing
        /// index.json is being changed.
        case index
    }

    /// Takes a lock, waiting for it; it is given back when the result goes out of scope.
    func lock(_ kind: LockKind) throws(ImageError) -> FileDescriptor {
        let file = try lockFile(kind)
        let number = file.number
        try system { () throws(SystemCallError) in
            try systemCall("lock", root) { flock(number, kind == .adding ? LOCK_SH : LOCK_EX) }
        }
        return file
    }

    /// The lock for removing, until it goes out of scope; `nil` where somebody adds for longer than a moment, as a pull
    /// and a build do, and making a container does not.
    ///
    /// - Parameter orWait: asked then, whether to wait for their end.
    package func lockForRemoving(orWait isPatient: () -> Bool) throws(ImageError) -> FileDescriptor? {
        let file = try lockFile(.removing)
        for _ in 0..<50 {
            if flock(file.number, LOCK_EX | LOCK_NB) == 0 { return file }
            usleep(10_000)
        }
        return isPatient() ? try lock(.removing) : nil
    }

    private func lockFile(_ kind: LockKind) throws(ImageError) -> FileDescriptor {
        try prepare()
        return try system { () throws(SystemCallError) in
            try FileDescriptor.open(
                kind == .index ? "\(root)/.index.lock" : "\(root)/.lock", flags: O_RDWR | O_CREAT)
        }
    }

    /// Keeps what is in the store where it is until the result goes out of scope: for who makes a container of an image,
    /// which no list shows before it is whole.
    package func hold() throws(ImageError) -> FileDescriptor { try lock(.adding) }

    /// Replaces the JSON document at `path`.
    func write(_ value: some Encodable, to path: String) throws(ImageError) {
        let bytes: [UInt8]
        do { bytes = try JSON.encode(value) } catch { throw .damaged(path, reason: error.description) }
        try system { () throws(SystemCallError) in try Files.replace(path, with: bytes) }
    }

    /// The JSON document in the blob that `descriptor` describes.
    func document<T: StoredDocument>(_ type: T.Type, _ descriptor: ContentDescriptor) throws(ImageError) -> T {
        let bytes = try documentBytes(descriptor)
        do { return try T.read(bytes) } catch {
            throw .damaged("blob \(descriptor.digest)", reason: error.description)
        }
    }

    func documentBytes(_ descriptor: ContentDescriptor) throws(ImageError) -> [UInt8] {
        let bytes: [UInt8]
        do { bytes = try Files.read(path(of: descriptor.digest), limit: Self.documentLimit) } catch {
            switch error.errno {
            case .noSuchFile: throw .damaged("blob \(descriptor.digest)", reason: "it is not in \(root)")
            case .tooLarge: throw .tooLarge("blob \(descriptor.digest)", limit: Int64(Self.documentLimit))
            default: throw .system(error)
            }
        }
        guard Int64(bytes.count) == descriptor.size else {
            throw .damaged(
                "blob \(descriptor.digest)", reason: "it has \(bytes.count) bytes, not \(descriptor.size)")
        }
        return bytes
    }

    /// Manifests, indexes and configurations are at most this long, as registries hold it.
    static let documentLimit = 4 << 20
}

extension Errno {
    static var tooLarge: Errno { Errno(rawValue: EFBIG) }
}
