import CLinux
import Glibc
import Linux

/// Stretches of a file that is not trusted: each is checked against the file's length before it is read.
struct ByteReader: ~Copyable {
    private let file: FileDescriptor?
    private let bytes: [UInt8]
    let count: Int64

    /// The bytes of an open file.
    init(_ file: consuming FileDescriptor) throws(ImageError) {
        var status = stat()
        let number = file.number
        try system { () throws(SystemCallError) in try systemCall("look at a file") { fstat(number, &status) } }
        self.file = consume file
        bytes = []
        count = Int64(status.st_size)
    }

    /// Bytes in memory.
    init(_ bytes: [UInt8]) {
        file = nil
        self.bytes = bytes
        count = Int64(bytes.count)
    }

    /// `length` bytes from `offset`; `nil` where that reaches outside of the file.
    func read(_ length: Int, at offset: UInt64) -> [UInt8]? {
        guard length >= 0, let start = Int64(exactly: offset), start <= count, Int64(length) <= count - start else {
            return nil
        }
        guard file != nil else { return Array(bytes[Int(start)..<Int(start) + length]) }
        var result = [UInt8](repeating: 0, count: length)
        var done = 0
        while done < length {
            let got = result.withUnsafeMutableBytes { buffer in
                pread(number, buffer.baseAddress?.advanced(by: done), length - done, off_t(start) + off_t(done))
            }
            if got < 0, Errno.current == .interrupted { continue }
            guard got > 0 else { return nil }
            done += got
        }
        return result
    }

    /// The bytes from `offset` to the next zero; `nil` where there is none within `limit`.
    func string(at offset: UInt64, limit: Int) -> String? {
        guard let start = Int64(exactly: offset), start < count else { return nil }
        let length = Int(min(Int64(limit), count - start))
        guard let bytes = read(length, at: offset), let end = bytes.firstIndex(of: 0) else { return nil }
        return String(validating: bytes[..<end], as: UTF8.self)
    }

    private var number: Int32 {
        switch file {
        case .some(let file): file.number
        case .none: -1
        }
    }
}

/// Whole numbers in bytes, by the byte order of the file. The caller has checked that they are there.
struct ByteOrder {
    let isLittle: Bool

    func integer<T: FixedWidthInteger & UnsignedInteger>(_ type: T.Type, _ bytes: ArraySlice<UInt8>) -> T {
        let ordered = isLittle ? Array(bytes.reversed()) : Array(bytes)
        return ordered.reduce(0) { $0 << 8 | T($1) }
    }
}
