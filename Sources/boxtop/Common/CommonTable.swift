import Flags
import Rendering

/// How a list is written, by the words that are common to all lists.
private struct CommonList {
    var style = ListStyle()
    /// Whole ids, digests and commands.
    var full = false

    /// Whether `flag` is one of them.
    mutating func take(_ flag: String) -> Bool {
        switch flag {
        case "-q", "--quiet": style.quiet = true
        case "--no-trunc": full = true
        case "--no-headers": style.headers = false
        default: return false
        }
        return true
    }

    /// Whether `name` is one of them, and can have the value `text`.
    mutating func take(_ name: String, _ text: String) -> Bool {
        guard name == "--format", let format = try? Format(text) else { return false }
        style.format = format
        return true
    }
}

extension ContainerTable {
    /// A `ps` with common flags alone.
    init?(common words: [String]) {
        var table = ContainerTable(style: ListStyle(), all: false, full: false)
        var list = CommonList()
        var words = CommonWords(words)
        let isKnown = words.read { flag in
            if flag != "-a", flag != "--all" { return list.take(flag) }
            table.all = true
            return true
        } value: { name, text in
            // Sizes take long enough.
            if Self.wantsSizes(text) { return false }
            if name != "-f", name != "--filter" { return list.take(name, text) }
            return (try? table.add(filter: FlagValue(name, text))) != nil
        }
        guard isKnown, words.rest.isEmpty else { return nil }
        (table.style, table.full) = (list.style, list.full)
        self = table
    }
}

extension ImageTable {
    /// An `image ls` with common flags alone.
    init?(common words: [String]) {
        var list = CommonList()
        var words = CommonWords(words)
        let isKnown = words.read { flag in
            list.take(flag)
        } value: { name, text in
            list.take(name, text)
        }
        guard isKnown, words.rest.count < 2, words.rest.first?.hasPrefix("-") != true else { return nil }
        self.init(style: list.style, full: list.full, name: words.rest.first)
    }
}
