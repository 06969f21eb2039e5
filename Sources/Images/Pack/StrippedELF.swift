import Glibc
import Linux

/// An ELF file without what only debuggers and linkers read: symbols, debug information, the table of sections. What the
/// kernel and the loader read, the segments, stays to the byte. As sstrip(1) does it, and strip(1) nearly.
struct StrippedELF: Hashable {
    /// Bytes that are left, from the file's start.
    let size: Int64
    /// In place of the file's first bytes: its header, without a table of sections.
    let head: [UInt8]

    /// `nil` where `file` is no ELF file, has nothing to take away, or has something behind its sections that is not
    /// theirs: a payload that it reads itself.
    init?(_ file: borrowing FileDescriptor, size: Int64) {
        guard let start = Self.read(file, at: 0, count: 64), start.starts(with: [0x7F, 0x45, 0x4C, 0x46]),
            let wide = [UInt8(1): false, 2: true][start[4]], let isLittle = [UInt8(1): true, 2: false][start[5]]
        else { return nil }
        let header = Fields(bytes: start, isWide: wide, isLittle: isLittle)
        // e_phoff, e_shoff; e_phentsize, e_phnum, e_shentsize, e_shnum: System V ABI, "ELF Header".
        let (segments, sections) = (header.word(wide ? 32 : 28), header.word(wide ? 40 : 32))
        let counts = wide ? 54 : 42
        let (segmentSize, segmentCount) = (header.half(counts), header.half(counts + 2))
        let (sectionSize, sectionCount) = (header.half(counts + 4), header.half(counts + 6))
        guard segmentCount > 0, segmentCount < 0xFFFF, sectionCount > 0, sections > 0,
            segmentSize == (wide ? 56 : 32), sectionSize == (wide ? 64 : 40)
        else { return nil }

        guard let table = Self.read(file, at: segments, count: segmentSize * segmentCount) else { return nil }
        var end = max(segments + Int64(table.count), wide ? 64 : 52)
        for index in 0..<segmentCount {
            let segment = Fields(
                bytes: Array(table[(index * segmentSize)...].prefix(segmentSize)), isWide: wide, isLittle: isLittle)
            // p_offset, p_filesz.
            end = max(end, segment.word(wide ? 8 : 4) + segment.word(wide ? 32 : 16))
        }
        guard let names = Self.read(file, at: sections, count: sectionSize * sectionCount) else { return nil }
        var last = sections + Int64(names.count)
        for index in 0..<sectionCount {
            let section = Fields(
                bytes: Array(names[(index * sectionSize)...].prefix(sectionSize)), isWide: wide, isLittle: isLittle)
            // SHT_NOBITS has no bytes in the file.
            let type = section.integer(4, 4)
            if type != 8 { last = max(last, section.word(wide ? 24 : 16) + section.word(wide ? 32 : 20)) }
        }
        guard end > 0, end < size, size - last < 16 else { return nil }
        var head = Array(start.prefix(wide ? 64 : 52))
        for index in 0..<(wide ? 8 : 4) { head[(wide ? 40 : 32) + index] = 0 }
        for index in (counts + 6)..<(counts + 10) { head[index] = 0 }
        self.size = end
        self.head = head
    }

    private static func read(_ file: borrowing FileDescriptor, at offset: Int64, count: Int) -> [UInt8]? {
        guard count > 0, count <= 8 << 20, offset >= 0 else { return nil }
        return try? file.read(count, at: offset)
    }

    private struct Fields {
        let bytes: [UInt8]
        let isWide: Bool
        let isLittle: Bool

        func integer(_ offset: Int, _ count: Int) -> Int64 {
            var value: UInt64 = 0
            for index in 0..<count {
                let byte = bytes[offset + (isLittle ? count - 1 - index : index)]
                value = value << 8 | UInt64(byte)
            }
            return Int64(clamping: value) & (1 << 62 - 1)
        }

        /// An address or an offset.
        func word(_ offset: Int) -> Int64 { integer(offset, isWide ? 8 : 4) }
        func half(_ offset: Int) -> Int { Int(integer(offset, 2)) }
    }
}

extension FileDescriptor {
    /// Exactly `count` bytes from `offset` on.
    fileprivate func read(_ count: Int, at offset: Int64) throws(SystemCallError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let number = self.number
        let got = try systemCall("read") { pread(number, &bytes, count, off_t(offset)) }
        guard got == count else { throw SystemCallError("read", errno: .invalid) }
        return bytes
    }
}
