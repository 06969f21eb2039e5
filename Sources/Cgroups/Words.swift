/// The parts of a kernel's text between separators, without empty ones, where they lie: `String.split` would be a
/// twentieth of a launch.
struct Words: Sequence, IteratorProtocol {
    private var rest: ArraySlice<UInt8>
    private let separators: StaticString

    /// - Parameter separators: single bytes, each of which separates.
    init(_ text: ArraySlice<UInt8>, separators: StaticString) {
        rest = text
        self.separators = separators
    }

    init(_ text: [UInt8], separators: StaticString) { self.init(text[...], separators: separators) }

    mutating func next() -> ArraySlice<UInt8>? {
        var start = rest.startIndex
        while start < rest.endIndex, isSeparator(rest[start]) { start += 1 }
        var end = start
        while end < rest.endIndex, !isSeparator(rest[end]) { end += 1 }
        defer { rest = rest[end...] }
        return start == end ? nil : rest[start..<end]
    }

    private func isSeparator(_ byte: UInt8) -> Bool {
        for index in 0..<separators.utf8CodeUnitCount where separators.utf8Start[index] == byte { return true }
        return false
    }
}
