/// The order of names as people count: `svc-2` before `svc-10`.
enum NaturalOrder {
    static func isBefore(_ first: String, _ second: String) -> Bool {
        var (a, b) = (first, second)
        // `7` and `007` are one number, but two names.
        return a.withUTF8 { a in b.withUTF8 { b in isBefore(a, b) } } ?? (first < second)
    }

    private static func isBefore(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Bool? {
        var (i, j) = (0, 0)
        while i < a.count, j < b.count {
            if isDigit(a[i]), isDigit(b[j]) {
                let (m, n) = (number(a, &i), number(b, &j))
                // Without leading zeros, the longer number is the greater one.
                if m.count != n.count { return m.count < n.count }
                if let (x, y) = zip(m, n).first(where: { $0 != $1 }) { return x < y }
            } else {
                if a[i] != b[j] { return a[i] < b[j] }
                (i, j) = (i + 1, j + 1)
            }
        }
        return a.count - i == b.count - j ? nil : a.count - i < b.count - j
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// The digits from `index` on, without leading zeros; `index` is then behind them.
    private static func number(
        _ text: UnsafeBufferPointer<UInt8>, _ index: inout Int
    ) -> Slice<UnsafeBufferPointer<UInt8>> {
        let digits = text[index...].prefix(while: isDigit)
        index = digits.endIndex
        return digits.drop { $0 == 0x30 }
    }
}
