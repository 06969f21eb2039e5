import CArchive
import Glibc
import Linux
import OCI

/// How a layer's archive is compressed.
package enum Compression: String, Hashable, Sendable, CaseIterable {
    case none
    case gzip
    case zstd

    var mediaType: String {
        switch self {
        case .none: MediaType.layer
        case .gzip: MediaType.gzipLayer
        case .zstd: MediaType.zstdLayer
        }
    }

    fileprivate var code: Int32 {
        switch self {
        case .none: Int32(CARCHIVE_PLAIN)
        case .gzip: Int32(CARCHIVE_GZIP)
        case .zstd: Int32(CARCHIVE_ZSTD)
        }
    }
}

/// A tar archive that is written front to back. The same calls give the same bytes.
struct ArchiveWriter: ~Copyable {
    private let writer: OpaquePointer
    private let name: String

    /// What has been written: the plain archive, and that which lies in the file.
    struct Sums {
        var plain: Digest
        var compressed: Digest
        var plainSize: Int64
        var compressedSize: Int64
    }

    /// Writes to `file`, which must outlive this. `name` is what messages call it.
    init(
        _ file: borrowing FileDescriptor, named name: String, kind: ArchiveReader.Kind = .tar, compression: Compression
    ) throws(ImageError) {
        guard let writer = carchive_writer_open(file.number, kind.rawValue, compression.code) else {
            throw Self.failure(name)
        }
        self.writer = writer
        self.name = name
    }

    deinit { carchive_writer_free(writer) }

    /// Begins an entry of type `S_IFREG`, `S_IFDIR`, `S_IFLNK` or, with 0, a hard link.
    func begin(
        _ path: [UInt8], type: mode_t, permissions: mode_t, size: Int64 = 0, link: [UInt8]? = nil,
        owner: (uid: UInt32, gid: UInt32) = (0, 0), seconds: Int64, attributes: [(name: String, value: [UInt8])] = []
    ) throws(ImageError) {
        for attribute in attributes {
            carchive_writer_attribute(writer, attribute.name, attribute.value, attribute.value.count)
        }
        let path = path.map { CChar(bitPattern: $0) } + [0]
        let link = link.map { $0.map { CChar(bitPattern: $0) } + [0] }
        let result = path.withUnsafeBufferPointer { path in
            func write(_ link: UnsafePointer<CChar>?) -> Int32 {
                var entry = carchive_entry(
                    path: path.baseAddress, link: link, type: type, permissions: permissions,
                    uid: Int64(owner.uid), gid: Int64(owner.gid), size: size, seconds: seconds, nanoseconds: 0)
                return carchive_writer_entry(writer, &entry)
            }
            return link.map { $0.withUnsafeBufferPointer { write($0.baseAddress) } } ?? write(nil)
        }
        if result != 0 { throw Self.failure(name) }
    }

    /// More of the data of the entry that was begun last.
    func write(_ bytes: UnsafeRawBufferPointer) throws(ImageError) {
        if carchive_writer_data(writer, bytes.baseAddress, bytes.count) != 0 { throw Self.failure(name) }
    }

    /// The data of the entry that was begun last.
    func write(_ bytes: [UInt8]) throws(ImageError) {
        let result = bytes.withUnsafeBytes { carchive_writer_data(writer, $0.baseAddress, $0.count) }
        if result != 0 { throw Self.failure(name) }
    }

    /// `count` bytes of `file` as the data of the entry that was begun last.
    func copy(_ count: Int64, from file: borrowing FileDescriptor, path: String) throws(ImageError) {
        var buffer = [UInt8](repeating: 0, count: 128 << 10)
        var left = count
        while left > 0 {
            let number = file.number
            let wanted = Int(min(left, Int64(buffer.count)))
            let got = try system { () throws(SystemCallError) in
                try systemCall("read", path) { read(number, &buffer, wanted) }
            }
            guard got > 0 else { throw .unsuitable(path, reason: "it has shrunk while it was read") }
            let result = buffer.withUnsafeBytes { carchive_writer_data(writer, $0.baseAddress, got) }
            if result != 0 { throw Self.failure(name) }
            left -= Int64(got)
        }
    }

    /// Ends the archive.
    consuming func finish() throws(ImageError) -> Sums {
        var sums = carchive_sums()
        guard carchive_writer_finish(writer, &sums) == 0,
            let plain = withUnsafeBytes(of: &sums.plain, { Digest(bytes: $0) }),
            let compressed = withUnsafeBytes(of: &sums.compressed, { Digest(bytes: $0) })
        else { throw Self.failure(name) }
        return Sums(
            plain: plain, compressed: compressed, plainSize: Int64(clamping: sums.plain_count),
            compressedSize: Int64(clamping: sums.compressed_count))
    }

    private static func failure(_ name: String) -> ImageError {
        let reason = String(cString: carchive_problem())
        return carchive_loaded() == 0 ? .libraryMissing(reason: reason) : .unwritten(name, reason: reason)
    }
}
