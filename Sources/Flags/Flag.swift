/// What a person wrote after one flag, ready to be understood: each method is one kind of value, and each refusal a
/// sentence that names the flag, what was written and an example of what would do.
///
///     try Flag("--memory", "512m").size()        // 536870912
///     try Flag("--memory", "12x").size()         // --memory 12x: not a size; write a number with b, k, m, g …
package struct Flag: Hashable, Sendable {
    /// As it is typed: `--memory`.
    package let name: String
    package let text: String

    package init(_ name: String, _ text: String) {
        self.name = name
        self.text = text
    }

    /// The error that says why this flag's value will not do.
    package func refused(_ reason: String) -> FlagError {
        FlagError("\(name) \(text.isEmpty ? "\"\"" : text): \(reason)")
    }

    /// `KEY=VALUE`, or a `KEY` alone, whose value is absent.
    package func pair(example: String) throws(FlagError) -> (key: String, value: String?) {
        guard let split = text.firstIndex(of: "=") else {
            guard !text.isEmpty else { throw refused("empty; write it as in \(example)") }
            return (text, nil)
        }
        guard split != text.startIndex else { throw refused("nothing before the =; write it as in \(example)") }
        return (String(text[..<split]), String(text[text.index(after: split)...]))
    }
}

/// Why a flag's value is refused, as a sentence.
package struct FlagError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
