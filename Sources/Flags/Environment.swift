import Glibc

extension FlagValue {
    /// `KEY=VALUE`, or `KEY` alone for the caller's own value, which Containers looks up.
    package func variable() throws(FlagError) -> String {
        let key = text.prefix { $0 != "=" }
        guard !key.isEmpty, !key.contains(where: { $0 == " " || $0 == "\0" }) else {
            throw refused("is no variable: write KEY=VALUE")
        }
        if key.endIndex == text.endIndex { try requireText(of: text) }
        return text
    }

    /// Throws where the caller's own variable `name` has a value that is no text, and would come with other bytes.
    package func requireText(of name: String) throws(FlagError) {
        guard let value = getenv(name), String(validatingCString: value) == nil else { return }
        throw refused("cannot be handed on: the value of \(name) here is not UTF-8")
    }

    /// The variables in the contents of a file: a line each, as for `-e`; blank lines and those of `#` say nothing.
    package func variables(of contents: String) throws(FlagError) -> [String] {
        var variables: [String] = []
        // Editors of other systems put a byte order mark in front.
        let contents = contents.hasPrefix("\u{FEFF}") ? String(contents.dropFirst()) : contents
        for (index, line) in contents.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated()
        {
            let text = String(line.drop { $0 == " " || $0 == "\t" })
            if text.isEmpty || text.hasPrefix("#") { continue }
            variables.append(try FlagValue("\(name) \(self.text), line \(index + 1)", text).variable())
        }
        return variables
    }
}
