import Glibc
import Linux

extension Layout {
    /// Held by whoever takes over what a crash has left behind.
    package var sweepLock: String { "\(state)/sweep.lock" }

    /// Takes away the link at `path`, in `names` or `idRanges`, where it is container `id`'s.
    package func release(claim path: String, of id: String) {
        // Between the look and the removal, it may become another's: an owner that has gone may be overtaken.
        guard let lock = try? FileDescriptor.open(sweepLock, flags: O_RDWR | O_CREAT, mode: 0o600),
            flock(lock.number, LOCK_EX) == 0
        else { return }
        if Files.linkTarget(path) == id { unlink(path) }
    }
}
