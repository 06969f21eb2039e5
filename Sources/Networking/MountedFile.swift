import Glibc
import Linux

/// A file of a container's folder that it has mounted, as its `/etc/hosts`: it is changed in place, since another one in
/// its stead would not be what the container has.
package enum MountedFile {
    /// Writes what `change` makes of its text; `nil` leaves it as it is. One that cannot be opened stays as it is until the
    /// next time.
    package static func rewrite(_ path: String, by change: (String) -> String?) {
        guard let file = try? open(path, O_RDWR) else { return }
        // A program that appends to it meanwhile has its line: then what is there is read once more.
        for _ in 0..<8 {
            guard lseek(file.number, 0, SEEK_SET) == 0, let bytes = try? file.readAll(limit: 1 << 20),
                let text = change(String(decoding: bytes, as: UTF8.self))
            else { return }
            let new = Array(text.utf8)
            if new == bytes { return }
            if lseek(file.number, 0, SEEK_END) != off_t(bytes.count) { continue }
            let number = file.number
            _ = new.withUnsafeBytes { pwrite(number, $0.baseAddress, $0.count, 0) }
            ftruncate(number, off_t(new.count))
            return
        }
    }

    /// Load-bearing: a container that holds a lease on a file it has mounted, fcntl(2) F_SETLEASE, makes who opens it wait
    /// for 45 seconds, here with the lock of all networks. A link is not followed, though none can be there.
    static func open(_ path: String, _ mode: Int32) throws(SystemCallError) -> FileDescriptor {
        try FileDescriptor.open(path, flags: mode | O_NOFOLLOW | O_NONBLOCK)
    }
}
