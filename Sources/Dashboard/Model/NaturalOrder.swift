/// The order of names as people count: `svc-2` before `svc-10`.
enum NaturalOrder {
    static func isBefore(_ first: String, _ second: String) -> Bool {
        var (a, b) = (first.utf8[...], second.utf8[...])
        while let x = a.first, let y = b.first {
            if isDigit(x), isDigit(y) {
                let (m, n) = (number(&a), number(&b))
                // Without leading zeros, the longer number is the greater one.
                if m.count != n.count { return m.count < n.count }
                if !m.elementsEqual(n) { return m.lexicographicallyPrecedes(n) }
            } else {
                if x != y { return x < y }
                a.removeFirst()
                b.removeFirst()
            }
        }
        // `7` and `007` are one number, but two names.
        return a.count == b.count ? first < second : a.isEmpty
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// Takes the digits that `text` begins with, without leading zeros.
    private static func number(_ text: inout Substring.UTF8View) -> Substring.UTF8View {
        let digits = text.prefix(while: isDigit)
        text = text.dropFirst(digits.count)
        return digits.drop { $0 == 0x30 }
    }
}
