import JSON

/// How a list is written: what `--format` says.
package enum Format: Hashable, Sendable {
    case table
    /// One array of objects.
    case json
    case csv
    /// A line each, out of fields: `{{.Name}} {{.Status}}`.
    case template(Template)
    /// The same under headers, in columns: `table {{.Name}}\t{{.Status}}`.
    case templateTable(Template)

    /// Reads what stands after `--format`.
    package init(_ text: String) throws(TemplateError) {
        switch text {
        case "table", "": self = .table
        case "json": self = .json
        case "csv": self = .csv
        default:
            if text.hasPrefix("table ") {
                self = .templateTable(try Template(String(text.dropFirst(6))))
            } else if text.contains("{{") {
                self = .template(try Template(text))
            } else {
                throw .unknown(text)
            }
        }
    }
}

/// How a list is written apart from its format.
package struct ListStyle: Hashable, Sendable {
    package var format: Format
    /// `-q`: the rows' names alone.
    package var quiet: Bool
    /// `--no-headers`.
    package var headers: Bool

    package init(format: Format = .table, quiet: Bool = false, headers: Bool = true) {
        self.format = format
        self.quiet = quiet
        self.headers = headers
    }
}

/// The one place in which a list becomes text. The switch is exhaustive: a new format is written here or nowhere.
package func render<Row: Listable>(_ rows: [Row], _ style: ListStyle) throws(TemplateError) -> String {
    if style.quiet { return lines(rows.map(\.quiet)) }
    let columns = Row.columns
    switch style.format {
    case .json:
        return JSONValue.array(rows.map(\.object)).compact + "\n"
    case .csv:
        let header = style.headers ? [columns.map(\.key)] : []
        return lines((header + rows.map { $0.cells.map(\.value.plain) }).map { $0.map(quoted).joined(separator: ",") })
    case .table:
        let shown = columns.indices.filter { columns[$0].title != nil }
        var table = TextTable(alignments: shown.map { columns[$0].alignment })
        if style.headers { table.add(shown.map { columns[$0].title ?? "" }) }
        for row in rows {
            let cells = row.cells
            table.add(shown.map { cells[$0].text })
        }
        return table.text
    case .template(let template):
        var text: [String] = []
        for row in rows { text.append(try template.text(of: Row.value(row))) }
        return lines(text)
    case .templateTable(let template):
        var table = TextTable(alignments: [])
        func split(_ line: String) -> [String] {
            line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
        if style.headers { table.add(split(template.headers { name in Row.header(name) })) }
        for row in rows { table.add(split(try template.text(of: Row.value(row)))) }
        return table.text
    }
}

extension Listable {
    private static func column(_ name: String) -> Int? {
        let lower = name.lowercased()
        return columns.firstIndex { $0.key.lowercased() == lower || $0.alias?.lowercased() == lower }
    }

    fileprivate static func header(_ name: String) -> String {
        column(name).map { columns[$0].title ?? columns[$0].key.uppercased() } ?? dockerTitles[name]
            ?? name.uppercased()
    }

    /// What a template sees of a row: human texts by name, the whole object as `.`.
    fileprivate static func value(_ row: Self) -> TemplateValue {
        let cells = row.cells
        return TemplateValue(own: row.object, docker: row.docker) { name in
            if let exact = columns.firstIndex(where: { $0.exactAlias?.lowercased() == name.lowercased() }) {
                return TemplateValue(cells[exact].value, text: cells[exact].value.plain)
            }
            return column(name).map { TemplateValue(cells[$0].value, text: cells[$0].text) }
        }
    }
}

private func lines(_ lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }

/// A value of CSV as RFC 4180 quotes it. Scalars, since a comma with an accent on it is one Character, and no comma.
private func quoted(_ text: String) -> String {
    let isSpecial = { (scalar: Unicode.Scalar) in scalar == "," || scalar == "\"" || Character(scalar).isNewline }
    guard text.unicodeScalars.contains(where: isSpecial) else { return text }
    var quoted = "\"".unicodeScalars
    for scalar in text.unicodeScalars { quoted += scalar == "\"" ? [scalar, scalar] : [scalar] }
    return String(quoted) + "\""
}
