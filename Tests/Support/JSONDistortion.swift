/// Every document that is `text` with one of its values put in another's place: another type, or an empty one.
///
/// What reads a document by hand must read each as its `Decodable` does. It may be less strict where that refuses, a
/// `null` for a list, but never come to harm.
package func distortions(of text: String) -> [String] {
    let others = ["\"x\"", "3", "-1", "1.5", "null", "[]", "{}", "true", "[\"x\"]", "[3]", "[[]]", "{\"a\": 1}"]
    let bytes = Array(text.utf8)
    return valueRanges(bytes).flatMap { range in
        others.map { other in
            String(decoding: bytes[..<range.lowerBound], as: UTF8.self) + other
                + String(decoding: bytes[range.upperBound...], as: UTF8.self)
        }
    }
}

/// Where the members' and elements' values of a well-formed document are.
private func valueRanges(_ bytes: [UInt8]) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    // Of each open object or array: where the value that is being read in it began.
    var open: [(isArray: Bool, start: Int?)] = []
    var index = 0
    func end() {
        guard let start = open.last?.start else { return }
        ranges.append(start..<index)
        open[open.count - 1].start = nil
    }
    func begin() {
        guard let last = open.last, last.isArray, last.start == nil else { return }
        open[open.count - 1].start = index
    }
    while index < bytes.count {
        switch bytes[index] {
        case UInt8(ascii: "\""):
            begin()
            index += 1
            while bytes[index] != UInt8(ascii: "\"") { index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1 }
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            begin()
            open.append((bytes[index] == UInt8(ascii: "["), nil))
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            end()
            open.removeLast()
        case UInt8(ascii: ","): end()
        case UInt8(ascii: ":"): open[open.count - 1].start = index + 1
        case UInt8(ascii: " "), UInt8(ascii: "\n"): break
        default: begin()
        }
        index += 1
    }
    return ranges
}
