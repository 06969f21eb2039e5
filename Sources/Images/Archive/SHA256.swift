import CCrypto
import Glibc
import Linux
import OCI

/// A SHA-256 sum that grows by pieces: FIPS 180-4.
struct SHA256: ~Copyable {
    private let hash: OpaquePointer

    init() throws(ImageError) {
        guard let hash = ccrypto_sha256_new() else {
            throw .libraryMissing(reason: String(cString: ccrypto_problem()))
        }
        self.hash = hash
    }

    deinit { ccrypto_sha256_free(hash) }

    /// What a library that hashes on the way is given; valid while this lives.
    var pointer: OpaquePointer { hash }

    func update(_ bytes: UnsafeRawBufferPointer) throws(ImageError) {
        if ccrypto_sha256_update(hash, bytes.baseAddress, bytes.count) != 0 {
            throw .libraryMissing(reason: "libcrypto refused to hash")
        }
    }

    /// Takes in the first `count` of `bytes`.
    func update(_ bytes: [UInt8], count: Int) throws(ImageError) {
        if bytes.withUnsafeBytes({ ccrypto_sha256_update(hash, $0.baseAddress, min(count, $0.count)) }) != 0 {
            throw .libraryMissing(reason: "libcrypto refused to hash")
        }
    }

    consuming func finish() throws(ImageError) -> Digest {
        var bytes = [UInt8](repeating: 0, count: 32)
        guard ccrypto_sha256_finish(hash, &bytes) == 0, let digest = Digest(bytes: bytes) else {
            throw .libraryMissing(reason: "libcrypto refused to hash")
        }
        return digest
    }

    /// The digest of `bytes`.
    static func digest(of bytes: [UInt8]) throws(ImageError) -> Digest {
        let hash = try SHA256()
        try hash.update(bytes, count: bytes.count)
        return try hash.finish()
    }

    /// The digest and the length of what is left to read of `file`.
    static func digest(of file: borrowing FileDescriptor) throws(ImageError) -> (Digest, Int64) {
        let hash = try SHA256()
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        var total: Int64 = 0
        while true {
            let number = file.number
            let got = try system { () throws(SystemCallError) in
                try systemCall("read") { read(number, &buffer, buffer.count) }
            }
            if got == 0 { return (try hash.finish(), total) }
            total += Int64(got)
            try hash.update(buffer, count: got)
        }
    }
}
