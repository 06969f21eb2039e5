import CLinux
import Glibc

/// Tells in which of some folders something was written, made, moved or removed. See inotify(7).
package struct FolderWatch: ~Copyable {
    /// What is told of a folder.
    package enum Interest: Sendable {
        /// Each write to a file in it.
        case writes
        /// That a file in it was made, replaced, closed by who wrote it, or removed; that the folder itself was.
        case files

        fileprivate var mask: UInt32 {
            let events =
                switch self {
                case .writes: IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_DELETE_SELF
                case .files:
                    IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_MOVED_FROM | IN_MOVE_SELF | IN_DELETE_SELF
                }
            return UInt32(events) | UInt32(IN_ONLYDIR)
        }
    }

    private let descriptor: FileDescriptor

    package init() throws(SystemCallError) {
        // Assigned before anything can throw: a noncopyable value is not taken down halfway.
        descriptor = FileDescriptor(
            owning: try systemCall("watch files") { inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK)) })
    }

    /// Watches `folder` from now on, until it is removed.
    ///
    /// - Returns: the folder's number, the same while it is watched; `nil` where it is not there, or the user watches as
    ///   many as fs.inotify.max_user_watches allows.
    @discardableResult
    package func add(_ folder: String, for interest: Interest) -> Int32? {
        let number = inotify_add_watch(descriptor.number, folder, interest.mask)
        return number < 0 ? nil : number
    }

    /// Until something has happened, at most `seconds`.
    package func wait(seconds: Double) {
        var request = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
        guard poll(&request, 1, Int32(seconds * 1_000)) > 0 else { return }
        // What happened does not matter, only that it is not told again.
        _ = changed()
    }

    /// The numbers of the folders in which something has happened since the last call; `nil` where there was too much of
    /// it for the kernel to remember.
    package func changed() -> Set<Int32>? {
        var numbers: Set<Int32> = []
        var isWhole = true
        // Room for the longest name, so that no event is too large to be read.
        withUnsafeTemporaryAllocation(byteCount: 4 << 10, alignment: 8) { buffer in
            while true {
                let count = read(descriptor.number, buffer.baseAddress, buffer.count)
                guard count > 0 else { return }
                var at = 0
                while at < count {
                    let event = buffer.loadUnaligned(fromByteOffset: at, as: inotify_event.self)
                    if event.mask & UInt32(IN_Q_OVERFLOW) != 0 { isWhole = false }
                    numbers.insert(event.wd)
                    at += MemoryLayout<inotify_event>.size + Int(event.len)
                }
            }
        }
        return isWhole ? numbers : nil
    }
}
