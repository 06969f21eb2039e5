import Linux

extension LoaderCache {
    /// A cache that leads from each name to its path, for a loader of this host's kind.
    static func bytes(for libraries: [String: String]) -> [UInt8] {
        // The loader searches by halves, in the falling order of its own comparison of names.
        let sorted = libraries.sorted { compare($0.key, $1.key) > 0 }
        let stringsStart = headerSize + sorted.count * entrySize
        var entries: [UInt8] = []
        var strings: [UInt8] = []
        func place(_ text: String) -> UInt32 {
            let offset = UInt32(stringsStart + strings.count)
            strings += Array(text.utf8) + [0]
            return offset
        }
        for (name, path) in sorted {
            entries += libraryFlags.nativeBytes + place(name).nativeBytes + place(path).nativeBytes
            entries += UInt32(0).nativeBytes + UInt64(0).nativeBytes
        }
        var header = magic + UInt32(sorted.count).nativeBytes + UInt32(strings.count).nativeBytes
        // Byte order of the file: 2 is little, 3 is big.
        header += [hostIsLittle ? 2 : 3, 0, 0, 0]
        header += [UInt8](repeating: 0, count: headerSize - header.count)
        return header + entries + strings
    }

    /// As glibc's `_dl_cache_libcmp`: runs of digits count as numbers.
    static func compare(_ a: String, _ b: String) -> Int {
        var (a, b) = (Array(a.utf8)[...], Array(b.utf8)[...])
        while let first = a.first, let second = b.first {
            let (aDigits, bDigits) = (a.prefix(while: isDigit), b.prefix(while: isDigit))
            if !aDigits.isEmpty, !bDigits.isEmpty {
                let (x, y) = (number(aDigits), number(bDigits))
                if x != y { return x < y ? -1 : 1 }
                (a, b) = (a.dropFirst(aDigits.count), b.dropFirst(bDigits.count))
            } else if !aDigits.isEmpty || !bDigits.isEmpty {
                return aDigits.isEmpty ? -1 : 1
            } else {
                if first != second { return first < second ? -1 : 1 }
                (a, b) = (a.dropFirst(), b.dropFirst())
            }
        }
        return a.count == b.count ? 0 : (a.isEmpty ? -1 : 1)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
    private static func number(_ digits: ArraySlice<UInt8>) -> UInt64 {
        digits.reduce(0) { $0 &* 10 &+ UInt64($1 - 48) }
    }

    /// FLAG_ELF_LIBC6 and the processor's own bits, of `dl-cache.h` and its kin.
    private static var libraryFlags: UInt32 {
        #if arch(x86_64)
            0x0303
        #elseif arch(arm64)
            0x0A03
        #elseif arch(riscv64)
            0x1003
        #elseif arch(powerpc64le)
            0x0503
        #elseif arch(s390x)
            0x0403
        #elseif arch(arm)
            0x0903
        #else
            0x0003
        #endif
    }
}
