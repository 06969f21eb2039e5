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
    private var started = MonotonicTime(nanoseconds: 0)
    private var isDue = MonotonicTime(nanoseconds: 0)

    /// A pause between two counts lasts at least as long, and a count of what was never counted waits for none.
    private static let leastPause: UInt64 = 15_000_000_000

    /// Takes in what has been counted so far, and has `folders` counted where it is time to.
    func refresh(_ folders: [String]) {
        let now = MonotonicTime.now
        if let counter { takeIn(counter, now) }
        guard counter == nil, !folders.isEmpty else { return }
        if now < isDue, folders.allSatisfy({ sizes[$0] != nil }) { return }
        counter = Counter(folders)
        started = now
    }

    /// Ends a count that is under way: nobody looks at it.
    func stop() { counter = nil }

    private func takeIn(_ counter: Counter, _ now: MonotonicTime) {
        let hasEnded = counter.hasEnded()
        let counted = counter.sizes()
        guard hasEnded else {
            sizes.merge(counted) { $1 }
            return
        }
        sizes = counted
        self.counter = nil
        // At most an eleventh of the time goes into it, however much there is to count.
        let pause = max(Self.leastPause, 10 * (now.nanoseconds - started.nanoseconds))
        isDue = MonotonicTime(nanoseconds: now.nanoseconds + pause)
    }
}

/// A process that counts, and ends with this.
private final class Counter {
    private let folders: [String]
    private let pid: pid_t
    /// Gets a line a folder, its bytes.
    private let file: FileDescriptor
    private var isReaped = false

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

    /// Asked after that, `sizes` has all there will be.
    func hasEnded() -> Bool {
        if !isReaped { isReaped = waitpid(pid, nil, WNOHANG) != 0 }
        return isReaped
    }

    /// Bytes, by folder, of those that are counted. A line is written at once, so none is seen in part.
    func sizes() -> [String: Int64] {
        let lines = (try? Files.read("/proc/self/fd/\(file.number)")) ?? []
        let bytes = String(decoding: lines, as: UTF8.self).split(separator: "\n").compactMap { Int64($0) }
        return Dictionary(zip(folders, bytes)) { first, _ in first }
    }

    deinit {
        if isReaped || pid <= 0 { return }
        kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
    }
}
