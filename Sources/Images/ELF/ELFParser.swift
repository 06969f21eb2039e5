import Linux

/// Reads the headers and the dynamic section of an ELF file.
struct ELFParser: ~Copyable {
    private let reader: ByteReader
    private let path: String
    private let order: ByteOrder
    private let wide: Bool

    /// `nil` where the file does not begin as an ELF file.
    init?(_ reader: consuming ByteReader, path: String) throws(ImageError) {
        guard let ident = reader.read(16, at: 0), ident.starts(with: [0x7F, 0x45, 0x4C, 0x46]) else { return nil }
        guard (1...2).contains(ident[4]), (1...2).contains(ident[5]), ident[6] == 1 else {
            throw .unsuitable(path, reason: "its ELF header has an unknown class, byte order or version")
        }
        self.reader = reader
        self.path = path
        order = ByteOrder(isLittle: ident[5] == 1)
        wide = ident[4] == 2
    }

    private struct Segment {
        let type: UInt32
        let offset: UInt64
        let address: UInt64
        let size: UInt64
    }

    private func broken(_ what: String) -> ImageError { .unsuitable(path, reason: "its ELF file is broken: \(what)") }

    /// An address or an offset, whose width is the file's.
    private func word(_ bytes: [UInt8], _ narrow: Int, _ wideOffset: Int) -> UInt64 {
        wide
            ? order.integer(UInt64.self, bytes[wideOffset..<wideOffset + 8])
            : UInt64(order.integer(UInt32.self, bytes[narrow..<narrow + 4]))
    }

    func parse() throws(ImageError) -> ELFFile {
        guard let header = reader.read(wide ? 64 : 52, at: 0) else { throw broken("its header is cut short") }
        let type = order.integer(UInt16.self, header[16..<18])
        var file = ELFFile(
            bits: wide ? 64 : 32, machine: order.integer(UInt16.self, header[18..<20]), isLittleEndian: order.isLittle,
            isExecutable: type == 2 || type == 3 && word(header, 24, 24) != 0)
        guard type == 2 || type == 3 else { return file }
        let segments = try readSegments(header)
        for segment in segments where segment.type == 3 {
            guard segment.size > 0, segment.size <= 4096,
                let text = reader.string(at: segment.offset, limit: Int(segment.size))
            else { throw broken("its interpreter's name lies outside") }
            file.interpreter = text
        }
        if let dynamic = segments.first(where: { $0.type == 2 }) {
            file.isDynamic = true
            try readDynamic(dynamic, segments, into: &file)
        }
        return file
    }

    private func readSegments(_ header: [UInt8]) throws(ImageError) -> [Segment] {
        let offset = word(header, 28, 32)
        let fields = wide ? 54 : 42
        let entrySize = Int(order.integer(UInt16.self, header[fields..<fields + 2]))
        let count = Int(order.integer(UInt16.self, header[fields + 2..<fields + 4]))
        if count == 0 { return [] }
        // 0xFFFF says that the true number is elsewhere; nothing that is run has so many.
        guard count < 0xFFFF, entrySize >= (wide ? 56 : 32), let table = reader.read(entrySize * count, at: offset)
        else { throw broken("its program headers lie outside") }
        return (0..<count).map { index in
            let entry = Array(table[index * entrySize..<(index + 1) * entrySize])
            return Segment(
                type: order.integer(UInt32.self, entry[0..<4]), offset: word(entry, 4, 8), address: word(entry, 8, 16),
                size: word(entry, 16, 32))
        }
    }

    private func readDynamic(_ dynamic: Segment, _ segments: [Segment], into file: inout ELFFile) throws(ImageError) {
        let entrySize = wide ? 16 : 8
        guard dynamic.size <= 1 << 20, let table = reader.read(Int(dynamic.size), at: dynamic.offset) else {
            throw broken("its dynamic section lies outside")
        }
        var entries: [(tag: UInt64, value: UInt64)] = []
        for start in stride(from: 0, through: table.count - entrySize, by: entrySize) {
            let entry = Array(table[start..<start + entrySize])
            let tag = word(entry, 0, 0)
            if tag == Tag.null { break }
            entries.append((tag, word(entry, 4, 8)))
        }
        func value(_ tag: UInt64) -> UInt64? { entries.first { $0.tag == tag }?.value }
        file.skipsDefaultFolders = (value(Tag.flags1) ?? 0) & 0x800 != 0
        let named = entries.filter { [Tag.needed, Tag.soname, Tag.rpath, Tag.runpath].contains($0.tag) }
        if named.isEmpty { return }
        guard let address = value(Tag.strings), let size = value(Tag.stringsSize),
            let offset = fileOffset(of: address, in: segments)
        else { throw broken("it has no table of strings") }
        for entry in named {
            let (place, overflow) = offset.addingReportingOverflow(entry.value)
            guard entry.value < size, !overflow, let text = reader.string(at: place, limit: 4096) else {
                throw broken("a name lies outside its table of strings")
            }
            let folders = text.split(separator: ":").map(String.init)
            switch entry.tag {
            case Tag.needed: file.needed.append(text)
            case Tag.soname: file.soname = text
            case Tag.rpath: file.rpath += folders
            default: file.runpath += folders
            }
        }
    }

    /// Where in the file that lies which is loaded at `address`.
    private func fileOffset(of address: UInt64, in segments: [Segment]) -> UInt64? {
        for segment in segments where segment.type == 1 && address >= segment.address {
            let distance = address - segment.address
            guard distance < segment.size else { continue }
            let (offset, overflow) = segment.offset.addingReportingOverflow(distance)
            return overflow ? nil : offset
        }
        return nil
    }

    /// `d_tag`.
    private enum Tag {
        static let null: UInt64 = 0
        static let needed: UInt64 = 1
        static let strings: UInt64 = 5
        static let stringsSize: UInt64 = 10
        static let soname: UInt64 = 14
        static let rpath: UInt64 = 15
        static let runpath: UInt64 = 29
        static let flags1: UInt64 = 0x6FFF_FFFB
    }
}
