import CLinux
import Glibc
import Images
import Linux

/// How much of the disk folders take, counted in a process of its own: of a large one that takes seconds, and no key waits
/// for it.
final class FolderCount {
    /// Bytes, by folder, as they were counted last.
    private(set) var sizes: [String: Int64] = [:]
    private var counter: Counter?
    private var isDue = MonotonicTime(nanoseconds: 0)

    /// A count is worth its cost as often, and at once for what was never counted.
    private static let seconds: UInt64 = 15

    /// Takes in what has been counted, and has `folders` counted where it is time to.
    func refresh(_ folders: [String]) {
        if let counted = counter?.result() {
            sizes = counted
            counter = nil
        }
        guard counter == nil, !folders.isEmpty else { return }
        let now = MonotonicTime.now
        if now < isDue, folders.allSatisfy({ sizes[$0] != nil }) { return }
        counter = Counter(folders)
        isDue = MonotonicTime(nanoseconds: now.nanoseconds + Self.seconds * 1_000_000_000)
    }
}

/// A process that counts, and ends with this.
private final class Counter {
    private let folders: [String]
    private let pid: pid_t
    /// Gets a line a folder, its bytes.
    private let file: FileDescriptor
    private var hasEnded = false

    /// `nil` where the system has no room for it now.
    init?(_ folders: [String]) {
        let number = clinux_memory_file("sizes")
        guard number >= 0 else { return nil }
        file = FileDescriptor(owning: number)
        self.folders = folders
        pid = fork()
        if pid == 0 { Self.count(folders, into: number) }
        if pid < 0 { return nil }
    }

    private static func count(_ folders: [String], into file: Int32) -> Never {
        // It neither outlives the screen nor takes what containers want.
        _ = clinux_prctl(PR_SET_PDEATHSIG, UInt(SIGKILL), 0)
        nice(19)
        for folder in folders {
            let line = Array("\(DiskUsage.bytes(below: folder))\n".utf8)
            _ = write(file, line, line.count)
        }
        _exit(0)
    }

    /// Bytes, by folder; `nil` while they are counted.
    func result() -> [String: Int64]? {
        if waitpid(pid, nil, WNOHANG) == 0 { return nil }
        hasEnded = true
        let lines = (try? Files.read("/proc/self/fd/\(file.number)")) ?? []
        let bytes = String(decoding: lines, as: UTF8.self).split(separator: "\n").compactMap { Int64($0) }
        return Dictionary(zip(folders, bytes)) { first, _ in first }
    }

    deinit {
        if hasEnded || pid <= 0 { return }
        kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
    }
}
