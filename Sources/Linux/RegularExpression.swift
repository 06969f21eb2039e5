import Glibc

/// An extended regular expression, see regex(7), that is looked for anywhere in a text.
///
///     RegularExpression("^web-[0-9]+$")?.matches("web-12")   // true
package final class RegularExpression: Hashable, @unchecked Sendable {
    private let text: String
    // Never written again once it is made, and regexec(3) may read one from many threads.
    private var compiled = regex_t()

    /// `nil` where `text` is none.
    package init?(_ text: String) {
        self.text = text
        // The C library writes repetitions out: gigabytes, for such of such.
        guard Self.repetitions(in: text) <= 10_000,
            regcomp(&compiled, text, REG_EXTENDED | REG_NOSUB) == 0
        else { return nil }
    }

    deinit { regfree(&compiled) }

    /// How often something stands in `text` once its `{m,n}` are written out, were each within the next.
    private static func repetitions(in text: String) -> Int {
        text.split(separator: "{", omittingEmptySubsequences: false).dropFirst().reduce(1) { product, part in
            let counts = part.prefix { $0 != "}" }.split(separator: ",").compactMap { Int($0) }
            return min(product, 10_001) * min(max(counts.max() ?? 1, 1), 10_001)
        }
    }

    package func matches(_ text: String) -> Bool { regexec(&compiled, text, 0, nil, 0) == 0 }

    package static func == (a: RegularExpression, b: RegularExpression) -> Bool { a.text == b.text }
    package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
