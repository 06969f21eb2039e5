extension Flag {
    /// `KEY=VALUE`; a `KEY` alone takes the value of `outer`, and is left out where there is none.
    package func variable(outer: [String: String]) throws(FlagError) -> String? {
        let pair = try pair(example: "\(name) MODE=fast")
        guard !pair.key.utf8.contains(0), !pair.key.contains(" ") else {
            throw refused("\(pair.key) is no name of a variable; write it as in \(name) MODE=fast")
        }
        if let value = pair.value { return "\(pair.key)=\(value)" }
        return outer[pair.key].map { "\(pair.key)=\($0)" }
    }

    /// The variables in the contents of a file: a line each, as for `-e`; blank lines and those of `#` say nothing.
    package func variables(of contents: String, outer: [String: String]) throws(FlagError) -> [String] {
        var variables: [String] = []
        for (index, line) in contents.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated()
        {
            let text = String(line.drop { $0 == " " || $0 == "\t" })
            if text.isEmpty || text.hasPrefix("#") { continue }
            do {
                if let variable = try Flag(name, text).variable(outer: outer) { variables.append(variable) }
            } catch { throw refused("line \(index + 1): \(error)") }
        }
        return variables
    }
}
