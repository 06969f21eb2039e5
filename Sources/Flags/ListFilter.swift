import Glibc

/// Which images, volumes or networks a list shows, as docker has it: what is wanted of one key are alternatives, of labels
/// all, and all keys must be met.
package struct ListFilter: Hashable, Sendable {
    package struct Wish: Hashable, Sendable {
        package let key: String
        package let value: String

        package init(key: String, value: String) { (self.key, self.value) = (key, value) }
    }

    private var alternatives: [[Wish]] = []

    /// - Parameter keys: those that this list knows. A value of `dangling` is `true` or `false`.
    /// - Throws: `FlagError` for a text that is none, or another key.
    package init(_ texts: [String], keys: [String]) throws(FlagError) {
        for text in texts {
            let flag = FlagValue("--filter", text)
            let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard sides.count == 2, !sides[1].isEmpty else {
                throw flag.refused("is no filter: write it as in \(keys[0])=\(keys[0] == "dangling" ? "true" : "web")")
            }
            let wish = Wish(key: sides[0], value: sides[1])
            guard keys.contains(wish.key) else {
                throw flag.refused("is no filter of this list: there are \(keys.joined(separator: ", "))")
            }
            guard wish.key != "dangling" || ["true", "false"].contains(wish.value) else {
                throw flag.refused("is neither true nor false")
            }
            let same = wish.key.hasPrefix("label") ? nil : alternatives.firstIndex { $0[0].key == wish.key }
            if let same { alternatives[same].append(wish) } else { alternatives.append([wish]) }
        }
    }

    /// All of them.
    package var wishes: [Wish] { Array(alternatives.joined()) }

    /// Whether something that `meets` wishes as it says belongs into the list.
    package func matches(_ meets: (Wish) throws -> Bool) rethrows -> Bool {
        try alternatives.allSatisfy { try $0.contains(where: meets) }
    }
}

extension ListFilter.Wish {
    /// Whether one of `labels` is meant, `KEY` or `KEY=VALUE`; with `label!` whether none is.
    package func isMet(by labels: [String: String]) -> Bool {
        let sides = value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let isThere = labels[sides[0]].map { sides.count == 1 || $0 == sides[1] } ?? false
        return isThere != (key == "label!")
    }

    /// Whether `text` is as the pattern says: `*`, `?` and `[…]`, none of which stands for a `/`.
    package func isPattern(of text: String) -> Bool { fnmatch(value, text, FNM_PATHNAME) == 0 }

    /// Whether `dangling` is what was asked for.
    package func isMet(by dangling: Bool) -> Bool { dangling == (value == "true") }
}
