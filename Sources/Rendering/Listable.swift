import JSON

/// One column of a list: how it is called in each output.
package struct Column: Hashable, Sendable {
    package enum Alignment: Hashable, Sendable { case left, right }

    /// The key in JSON, the header in CSV, and a field's name in a template, where case makes no difference.
    package var key: String
    /// The header in a table; `nil` keeps it out of tables, for what only programs read.
    package var title: String?
    package var alignment: Alignment
    /// Docker's name of the same field in templates, where it is another.
    package var alias: String?
    /// Docker's name in templates for what programs read, where the text for people is another.
    package var exactAlias: String?

    package init(
        _ key: String, _ title: String? = nil, _ alignment: Alignment = .left, alias: String? = nil,
        exactAlias: String? = nil
    ) {
        self.key = key
        self.title = title
        self.alignment = alignment
        self.alias = alias
        self.exactAlias = exactAlias
    }
}

/// One value of a row: what a person reads and what a program does, each made when it is asked for, since an output
/// needs one of them and of few columns.
package struct Cell {
    private let makeText: () -> String
    private let makeValue: () -> JSONValue

    package var text: String { makeText() }
    package var value: JSONValue { makeValue() }

    package init(_ text: @autoclosure @escaping () -> String, _ value: @autoclosure @escaping () -> JSONValue) {
        makeText = text
        makeValue = value
    }

    /// A text that is the same for both.
    package init(_ text: @autoclosure @escaping () -> String) {
        makeText = text
        makeValue = { .string(text()) }
    }
}

/// What can be listed: rows of cells under fixed columns. The one thing a verb says about its output.
package protocol Listable {
    static var columns: [Column] { get }
    /// One for each of `columns`.
    var cells: [Cell] { get }
    /// What `-q` prints.
    var quiet: String { get }
    /// What templates find by docker's names beside the columns.
    var docker: JSONValue { get }
    /// The headers of those.
    static var dockerTitles: [String: String] { get }
}

extension Listable {
    package var docker: JSONValue { .object([]) }
    package static var dockerTitles: [String: String] { [:] }

    /// The row as a program reads it.
    package var object: JSONValue {
        .object(zip(Self.columns, cells).map { .init(key: $0.key, value: $1.value) })
    }
}
