import CLinux
import Glibc
import Linux
import OCI

/// A blob that is being written: a temporary file of the store, which is gone when this goes out of scope uncommitted.
struct NewBlob: ~Copyable {
    let file: FileDescriptor
    let path: String

    init(in store: ImageStore) throws(ImageError) {
        path = "\(store.ingest)/\(getpid())-\(UInt64.random(in: .min ... .max))"
        let path = self.path
        file = try system { () throws(SystemCallError) in
            try FileDescriptor.open(path, flags: O_RDWR | O_CREAT | O_EXCL, mode: 0o644)
        }
    }

    deinit { unlink(path) }

    /// Makes the file the blob of `digest`, durably, with the bytes that are in it.
    consuming func commit(as digest: Digest, in store: ImageStore) throws(ImageError) {
        try store.commit(file.number, at: path, as: digest)
    }
}

extension ImageStore {
    /// Makes the open file `number` at `path` the blob of `digest`, durably. One that is here already is replaced: nobody
    /// knows whether it is whole, and by this damage is mended.
    func commit(_ number: Int32, at path: String, as digest: Digest) throws(ImageError) {
        let target = self.path(of: digest)
        try system { () throws(SystemCallError) in
            try systemCall("flush", path) { fsync(number) }
            try systemCall("rename", path) { rename(path, target) }
            // The name must be as durable as the bytes before anything refers to it.
            let folder = try FileDescriptor.open(blobs, flags: O_RDONLY | O_DIRECTORY)
            let folderNumber = folder.number
            try systemCall("flush", blobs) { fsync(folderNumber) }
        }
    }
}

extension ImageStore {
    /// Adds the blob `bytes`. Hold a lock for adding until something refers to it.
    func put(_ bytes: [UInt8], mediaType: String) throws(ImageError) -> ContentDescriptor {
        let digest = try SHA256.digest(of: bytes)
        let blob = try NewBlob(in: self)
        try blob.write(bytes)
        try blob.commit(as: digest, in: self)
        return ContentDescriptor(mediaType: mediaType, digest: digest, size: Int64(bytes.count))
    }

    /// Whether the blob that `descriptor` describes is here with the right size.
    func has(_ descriptor: ContentDescriptor) -> Bool {
        var status = stat()
        return stat(path(of: descriptor.digest), &status) == 0 && Int64(status.st_size) == descriptor.size
    }

    /// Opens the blob of `descriptor`; throws `damaged` where it is missing or of another size.
    func open(_ descriptor: ContentDescriptor) throws(ImageError) -> FileDescriptor {
        guard has(descriptor) else {
            throw .damaged("blob \(descriptor.digest)", reason: "it is missing or of another size; add the image again")
        }
        return try system { () throws(SystemCallError) in try FileDescriptor.open(path(of: descriptor.digest)) }
    }
}

extension NewBlob {
    borrowing func write(_ bytes: [UInt8]) throws(ImageError) {
        do throws(SystemCallError) { try file.write(bytes) } catch { throw .system(error) }
    }
}

extension ImageStore {
    /// Bytes of the blob of `digest`; 0 where it is missing.
    func size(of digest: Digest) -> Int64 {
        var status = stat()
        return stat(path(of: digest), &status) == 0 ? Int64(status.st_size) : 0
    }

    /// Adds what is left to read of `file` as a blob, of at most `limit` bytes; hold a lock for adding.
    ///
    /// - Parameter promised: the digest that it must have.
    func put(
        _ file: borrowing FileDescriptor, named name: String, promised: Digest? = nil, limit: Int64 = .max
    ) throws(ImageError) -> (digest: Digest, size: Int64) {
        let blob = try NewBlob(in: self)
        let hash = try SHA256()
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        var size: Int64 = 0
        while true {
            let number = file.number
            let got = try system { () throws(SystemCallError) in
                try systemCall("read", name) { read(number, &buffer, buffer.count) }
            }
            if got == 0 { break }
            size += Int64(got)
            guard size <= limit else { throw .tooLarge(name, limit: limit) }
            try hash.update(buffer, count: got)
            try blob.write(Array(buffer[..<got]))
        }
        let digest = try hash.finish()
        if let promised, promised != digest { throw .wrongDigest(name, expected: promised, found: digest) }
        try blob.commit(as: digest, in: self)
        return (digest, size)
    }
}

extension NewBlob {
    borrowing func write(_ bytes: UnsafeRawBufferPointer) throws(ImageError) {
        let (number, path) = (file.number, self.path)
        var done = 0
        while done < bytes.count {
            let (start, left) = (bytes.baseAddress?.advanced(by: done), bytes.count - done)
            done += try system { () throws(SystemCallError) in
                try systemCall("write", path) { Glibc.write(number, start, left) }
            }
        }
    }
}
