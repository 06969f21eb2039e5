import CLinux
import Glibc
import Linux

/// Caches that one RUN alone has, as `sharing=locked` asks: an flock(2) on a file for each, held while this lives.
final class CacheLock {
    private var files: [Int32] = []

    /// Waits for those called `names`.
    ///
    /// - Parameter wait: is told of each that somebody else has.
    init(_ names: Set<String>, in folder: String, wait: (String) -> Void) throws(BuildError) {
        // In one order for all, so that no two builds wait for each other.
        for name in names.sorted() {
            do throws(SystemCallError) {
                try Files.makePrivate(folder)
                let file = try FileDescriptor.open("\(folder)/\(name).lock", flags: O_RDWR | O_CREAT, mode: 0o600)
                let number = file.number
                if flock(number, LOCK_EX | LOCK_NB) != 0 {
                    wait(name)
                    try systemCall("lock", name) { flock(number, LOCK_EX) }
                }
                files.append(file.release())
            } catch { throw BuildError("\(error)") }
        }
    }

    deinit { for file in files { close(file) } }
}
