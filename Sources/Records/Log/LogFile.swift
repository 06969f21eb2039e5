import Glibc
import Linux

/// One file of a log, open for reading from any place in it. A class, since a search hands it on beside its offset, which
/// a noncopyable value can't.
final class LogFile {
    private let descriptor: FileDescriptor
    let inode: UInt64

    init?(_ path: String) {
        guard let descriptor = try? FileDescriptor.open(path) else { return nil }
        var status = stat()
        guard fstat(descriptor.number, &status) == 0 else { return nil }
        inode = UInt64(status.st_ino)
        self.descriptor = descriptor
    }

    static func inode(of path: String) -> UInt64? {
        var status = stat()
        return stat(path, &status) == 0 ? UInt64(status.st_ino) : nil
    }

    var size: UInt64 {
        var status = stat()
        return fstat(descriptor.number, &status) == 0 ? UInt64(status.st_size) : 0
    }

    /// At most `count` bytes from `offset`; fewer at the end of the file.
    func read(_ count: Int, at offset: UInt64) -> [UInt8] {
        let number = descriptor.number
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = max(0, pread(number, buffer.baseAddress, count, off_t(offset)))
        }
    }

    /// The time of the first line that has one.
    var firstTime: Timestamp? {
        let start = read(4 << 10, at: 0)
        return start.split(separator: UInt8(ascii: "\n")).lazy.compactMap { LogEntry(padded: $0)?.time }.first
    }

    /// Where the last `count` lines begin, parts of one line counting once, and how many there are if fewer.
    func start(ofLast count: Int) -> (offset: UInt64, found: Int) {
        let size = self.size
        var (result, found, isNewest) = (size, 0, true)
        // From the end in blocks; `end` is where the line that is looked for ends, its newline included.
        var (position, end) = (size, size)
        while position > 0 {
            let length = min(position, 64 << 10)
            position -= length
            let block = read(Int(length), at: position)
            for index in block.indices.reversed() where block[index] == UInt8(ascii: "\n") {
                let start = position + UInt64(index) + 1
                if start == end { continue }
                if !take(start) { return (result, count) }
                end = start
            }
        }
        if end > 0, !take(0) { return (result, count) }
        return (result, found)

        /// A whole line begins a group when it is met from behind; the parts before it belong to it.
        func take(_ start: UInt64) -> Bool {
            let isPart = read(1, at: start + UInt64(LogEntry.tagOffset)) == [UInt8(ascii: "P")]
            if !isPart || isNewest { found += 1 }
            isNewest = false
            if found > count { return false }
            result = start
            return true
        }
    }
}

extension LogEntry {
    /// A line whose text may have been cut off.
    fileprivate init?(padded line: ArraySlice<UInt8>) {
        self.init(line + [UInt8](repeating: 0, count: max(0, Self.headLength - line.count)))
    }
}
