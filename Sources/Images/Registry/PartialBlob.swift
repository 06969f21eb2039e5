import CLinux
import Glibc
import Linux
import OCI

/// A blob that is being downloaded: a file of the store named by what it will be, so that whoever comes after a download
/// that broke off goes on where that ended. Locked as long as somebody writes it.
struct PartialBlob: ~Copyable {
    let file: FileDescriptor
    let path: String

    /// `nil` where another process is downloading the same.
    static func open(_ digest: Digest, in store: ImageStore) throws(ImageError) -> PartialBlob? {
        let path = "\(store.ingest)/\(digest.hex).partial"
        while true {
            let file = try system { () throws(SystemCallError) in
                try FileDescriptor.open(path, flags: O_RDWR | O_CREAT, mode: 0o644)
            }
            guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else { return nil }
            // Who had it before may have finished it, which took the name away.
            var (held, there) = (stat(), stat())
            if fstat(file.number, &held) == 0, stat(path, &there) == 0, held.st_ino == there.st_ino {
                return PartialBlob(file: file, path: path)
            }
        }
    }

    /// Bytes that are there.
    var size: Int64 {
        var status = stat()
        return fstat(file.number, &status) == 0 ? Int64(status.st_size) : 0
    }

    /// Forgets all bytes from `size` on.
    func truncate(to size: Int64 = 0) throws(ImageError) {
        let (number, path) = (file.number, self.path)
        try system { () throws(SystemCallError) in try systemCall("shorten", path) { ftruncate(number, off_t(size)) } }
    }

    /// A hash of all bytes that are there.
    func hash() throws(ImageError) -> SHA256 {
        let number = file.number
        let hash = try SHA256()
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        var offset: off_t = 0
        while true {
            let got = try system { () throws(SystemCallError) in
                try systemCall("read", path) { pread(number, &buffer, buffer.count, offset) }
            }
            if got == 0 { return hash }
            try hash.update(buffer, count: got)
            offset += off_t(got)
        }
    }

    /// Makes it the blob of `digest`, durably.
    consuming func commit(as digest: Digest, in store: ImageStore) throws(ImageError) {
        try store.commit(file.number, at: path, as: digest)
    }

    /// Throws what is there away.
    consuming func discard() { unlink(path) }
}
