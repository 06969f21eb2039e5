import CArchive
import Glibc
import Linux
import OCI

/// A tar archive that is read front to back, compressed or not; or, with `.raw`, the bytes under a compression.
///
/// While it is read its uncompressed bytes are hashed and counted, so that `finish` can say what the archive was.
struct ArchiveReader: ~Copyable {
    private let reader: OpaquePointer
    /// What messages call it.
    private let name: String

    enum Kind: Int32 {
        case tar = 0
        case raw = 1
    }

    /// Reads from `file`, at its offset; `file` must outlive this.
    ///
    /// - Parameter limit: the most uncompressed bytes, beyond which reading fails.
    init(_ file: borrowing FileDescriptor, named name: String, kind: Kind = .tar, limit: Int64) throws(ImageError) {
        guard let reader = carchive_reader_open(file.number, kind.rawValue, UInt64(limit)) else {
            throw Self.failure(name)
        }
        self.reader = reader
        self.name = name
    }

    deinit { carchive_reader_free(reader) }

    /// The next entry; its pointers are valid until the next call. `nil` at the end.
    func next() throws(ImageError) -> carchive_entry? {
        var entry = carchive_entry()
        switch carchive_reader_next(reader, &entry) {
        case Int32(CARCHIVE_ENTRY): return entry
        case Int32(CARCHIVE_END): return nil
        default: throw Self.failure(name)
        }
    }

    /// Gives each stretch of the entry's data, and where in the file it belongs, to `body`.
    func forEachBlock(
        _ body: (UnsafeRawBufferPointer, _ offset: Int64) throws(ImageError) -> Void
    ) throws(ImageError) {
        while true {
            var (bytes, count, offset) = (UnsafeRawPointer?.none, 0, Int64(0))
            switch carchive_reader_data(reader, &bytes, &count, &offset) {
            case Int32(CARCHIVE_ENTRY): try body(UnsafeRawBufferPointer(start: bytes, count: count), offset)
            case Int32(CARCHIVE_END): return
            default: throw Self.failure(name)
            }
        }
    }

    /// The whole data of an entry that is a document; `tooLarge` where it has more than `limit` bytes.
    func document(limit: Int, named entry: String) throws(ImageError) -> [UInt8] {
        var bytes: [UInt8] = []
        try forEachBlock { (block, _) throws(ImageError) in
            guard bytes.count + block.count <= limit else { throw .tooLarge(entry, limit: Int64(limit)) }
            bytes.append(contentsOf: block)
        }
        return bytes
    }

    /// Gives each extended attribute of the entry to `body`.
    func forEachAttribute(_ body: (_ name: UnsafePointer<CChar>, UnsafeRawBufferPointer) -> Void) {
        var (name, value, count) = (UnsafePointer<CChar>?.none, UnsafeRawPointer?.none, 0)
        while carchive_reader_attribute(reader, &name, &value, &count) == Int32(CARCHIVE_ENTRY) {
            if let name { body(name, UnsafeRawBufferPointer(start: value, count: count)) }
        }
    }

    /// Reads what is left, and gives digest and number of all uncompressed bytes.
    consuming func finish() throws(ImageError) -> (digest: Digest, count: Int64) {
        var (bytes, count) = ([UInt8](repeating: 0, count: 32), UInt64(0))
        guard carchive_reader_finish(reader, &bytes, &count) == 0, let digest = Digest(bytes: bytes) else {
            throw Self.failure(name)
        }
        return (digest, Int64(clamping: count))
    }

    private static func failure(_ name: String) -> ImageError {
        let reason = String(cString: carchive_problem())
        return carchive_loaded() == 0 ? .libraryMissing(reason: reason) : .damaged(name, reason: reason)
    }
}
