/// A line of values with commas between them, as RFC 4180 has it.
enum CommaSeparated {
    /// The values of `line`. One in quotes may hold commas, and a quote as two; `nil` where a quote stands elsewhere, or
    /// lacks its other half.
    ///
    ///     CommaSeparated.fields(of: #"type=bind,"source=/a,b""#)    // type=bind and source=/a,b
    static func fields(of line: String) -> [String]? {
        var fields: [String] = []
        var rest = line[...]
        while true {
            var field = ""
            if rest.first == "\"" {
                rest.removeFirst()
                while true {
                    guard let end = rest.firstIndex(of: "\"") else { return nil }
                    field += rest[..<end]
                    rest = rest[rest.index(after: end)...]
                    guard rest.first == "\"" else { break }
                    field.append(rest.removeFirst())
                }
            } else {
                field = String(rest.prefix { $0 != "," })
                if field.contains("\"") { return nil }
                rest = rest.dropFirst(field.count)
            }
            fields.append(field)
            guard let next = rest.popFirst() else { return fields }
            if next != "," { return nil }
        }
    }
}
