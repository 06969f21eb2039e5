import CLinux
import Glibc
import Linux

/// Wakes when something is written or made in some folders. See inotify(7).
struct FileWatch: ~Copyable {
    private let descriptor: FileDescriptor

    init(folders: [String]) throws(SystemCallError) {
        // Assigned before anything can throw: a noncopyable value is not taken down halfway.
        descriptor = FileDescriptor(
            owning: try systemCall("watch files") { inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK)) })
        let mask = UInt32(IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_DELETE_SELF)
        // A folder that cannot be watched is looked at by the clock alone.
        for folder in folders { inotify_add_watch(descriptor.number, folder, mask) }
    }

    /// Until something has happened, at most `seconds`.
    func wait(seconds: Double) {
        var request = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
        guard poll(&request, 1, Int32(seconds * 1_000)) > 0 else { return }
        // What happened does not matter, only that it is not told again.
        var buffer = [UInt8](repeating: 0, count: 4 << 10)
        while read(descriptor.number, &buffer, buffer.count) > 0 {}
    }
}
