import Linux

/// `/etc/ld.so.cache`: which file the loader takes for a library's name. The format is that of glibc's
/// `sysdeps/generic/dl-cache.h`, the new one, alone or behind the old.
package struct LoaderCache {
    /// Files by name, in the loader's order of preference. Those for newer processors only are left out: an image is to
    /// run on any.
    private(set) var paths: [String: [String]] = [:]

    /// Reads `bytes`; what cannot be understood is left out.
    package init(_ bytes: [UInt8]) {
        guard let start = Self.start(bytes) else { return }
        let order = ByteOrder(isLittle: Self.hostIsLittle)
        func number(_ offset: Int) -> Int? {
            guard offset >= 0, offset + 4 <= bytes.count else { return nil }
            return Int(order.integer(UInt32.self, bytes[offset..<offset + 4]))
        }
        func text(_ offset: Int?) -> String? {
            guard let offset, offset > 0, start + offset < bytes.count else { return nil }
            let rest = bytes[(start + offset)...].prefix(4096)
            guard let end = rest.firstIndex(of: 0) else { return nil }
            return String(validating: rest[..<end], as: UTF8.self)
        }
        for index in 0..<min(number(start + 20) ?? 0, bytes.count / Self.entrySize) {
            let entry = start + Self.headerSize + index * Self.entrySize
            guard let name = text(number(entry + 4)), let path = text(number(entry + 8)),
                number(entry + 16) == 0, number(entry + 20) == 0
            else { continue }
            paths[name, default: []].append(path)
        }
    }

    private static func start(_ bytes: [UInt8]) -> Int? {
        if bytes.starts(with: magic) { return 0 }
        guard bytes.starts(with: "ld.so-1.7.0".utf8), bytes.count >= 16 else { return nil }
        let count = Int(ByteOrder(isLittle: hostIsLittle).integer(UInt32.self, bytes[12..<16]))
        let end = (16 + count * 12 + 7) / 8 * 8
        guard end < bytes.count, bytes[end...].starts(with: magic) else { return nil }
        return end
    }

    static let magic = Array("glibc-ld.so.cache1.1".utf8)
    static let headerSize = 48
    static let entrySize = 24
    static let hostIsLittle = UInt32(1).littleEndian == 1
}
