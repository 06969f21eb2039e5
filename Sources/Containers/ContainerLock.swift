import CLinux
import Glibc
import Linux
import Records

/// An flock(2) that is held while this lives: whoever acts on a container holds the one on its `lock`. The kernel gives
/// it back when the holder dies, however it dies.
struct ContainerLock: ~Copyable {
    private let file: FileDescriptor

    var number: Int32 { file.number }

    /// Waits for the lock on the file at `path`, which is made where it is absent.
    static func take(_ path: String) throws(ContainerError) -> ContainerLock {
        try explaining { () throws(SystemCallError) in try lock(path) }
    }

    private static func lock(_ path: String) throws(SystemCallError) -> ContainerLock {
        let file = try FileDescriptor.open(path, flags: O_RDWR | O_CREAT, mode: 0o600)
        let number = file.number
        try systemCall("lock", path) { flock(number, LOCK_EX) }
        return ContainerLock(file: file)
    }

    /// The lock on the file at `path` where nobody else holds it; else `nil`.
    static func takeIfFree(_ path: String) -> ContainerLock? {
        guard let file = try? FileDescriptor.open(path, flags: O_RDWR) else { return nil }
        return takeIfFree(file, of: path)
    }

    /// Also `nil` where `path` has been removed or replaced since `file` was opened there: the lock of what was removed
    /// says nothing about what is there now.
    static func takeIfFree(_ file: consuming FileDescriptor, of path: String) -> ContainerLock? {
        guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else { return nil }
        let lock = ContainerLock(file: file)
        guard lock.isStill(path) else { return nil }
        return lock
    }

    /// Waits for the lock on container `id`. Whoever held it may have removed the container: then there is none.
    static func hold(_ id: String, in layout: Layout) throws(ContainerError) -> ContainerLock {
        let path = layout.lock(id)
        while true {
            guard Files.exists(layout.container(id)) else { throw .removed(id) }
            do throws(SystemCallError) {
                let lock = try lock(path)
                if lock.isStill(path) { return lock }
            } catch {
                // Its folder has gone since that look: the next one says so.
                if error.errno != .noSuchFile { throw ContainerError(nil, error) }
            }
        }
    }

    /// Whether what is locked is the file at `path` now, not one that has been removed or replaced while waiting.
    func isStill(_ path: String) -> Bool {
        var (held, there) = (stat(), stat())
        return fstat(number, &held) == 0 && stat(path, &there) == 0 && held.st_ino == there.st_ino
            && held.st_dev == there.st_dev
    }
}
