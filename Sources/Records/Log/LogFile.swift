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

    /// Where the first entry begins that `lines` wants of this file; `nil` where it wants none.
    func start(of lines: inout LastLines) -> UInt64? {
        let size = self.size
        var result: UInt64?
        // From the end in blocks; `end` is where the line that is looked for ends, its newline included.
        var (position, end) = (size, size)
        while position > 0, !lines.isOver {
            let length = min(position, 64 << 10)
            position -= length
            let block = read(Int(length), at: position)
            for index in block.indices.reversed() where block[index] == UInt8(ascii: "\n") {
                let start = position + UInt64(index) + 1
                if start == end { continue }
                meet(block[(index + 1)...], at: start)
                if lines.isOver { return result }
                end = start
            }
        }
        if end > 0, !lines.isOver { meet([], at: 0) }
        return result

        /// - Parameter line: its beginning, as far as the block has it.
        func meet(_ line: ArraySlice<UInt8>, at start: UInt64) {
            let head = line.count < LogEntry.headLength ? read(LogEntry.headLength, at: start)[...] : line
            guard let (stream, isPart) = LogEntry.kind(head) else { return }
            if lines.meet(stream, isPart: isPart) { result = start }
        }
    }
}

extension LogEntry {
    /// A line whose text may have been cut off.
    fileprivate init?(padded line: ArraySlice<UInt8>) {
        self.init(line + [UInt8](repeating: 0, count: max(0, Self.headLength - line.count)))
    }
}
