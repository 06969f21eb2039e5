import Linux
import Monitoring
import TerminalKit

/// What is searched for in a text, in whatever case. Bytes are compared: what is joined to one character on the screen is
/// found by its parts, and a line of many thousand letters at once.
struct Needle {
    private let bytes: [UInt8]

    init(_ text: String) { bytes = Array(text.lowercased().utf8) }

    var isEmpty: Bool { bytes.isEmpty }
    var cells: Int { String(decoding: bytes, as: UTF8.self).cells }

    /// What `first` looks in.
    static func haystack(_ text: String) -> [UInt8] { Array(text.lowercased().utf8) }

    /// The first place from `start` on.
    func first(in haystack: [UInt8], from start: Int = 0) -> Range<Int>? {
        guard let head = bytes.first else { return nil }
        return haystack.withUnsafeBufferPointer { hay in
            bytes.withUnsafeBufferPointer { needle in
                var place = start
                while place + needle.count <= hay.count {
                    if hay[place] == head, needle.indices.allSatisfy({ hay[place + $0] == needle[$0] }) {
                        return place..<place + needle.count
                    }
                    place += 1
                }
                return nil
            }
        }
    }
}

/// The lines of a log that have what is searched for: kept, since the next match is only a key away.
struct LogMatches: Hashable, Sendable {
    private let search: String
    private let count: Int
    private let ends: [Timestamp]
    let places: [Int]

    init(_ search: String, _ lines: [LogLine]) {
        let needle = Needle(search)
        self.search = search
        count = lines.count
        ends = Self.ends(lines)
        places = lines.indices.filter {
            needle.first(in: Needle.haystack(LogText.clean(lines[$0].text))) != nil
        }
    }

    /// Whether these are the matches of `search` in `lines` still.
    func hold(_ search: String, _ lines: [LogLine]) -> Bool {
        self.search == search && count == lines.count && ends == Self.ends(lines)
    }

    private static func ends(_ lines: [LogLine]) -> [Timestamp] { [lines.first, lines.last].compactMap { $0?.time } }
}
