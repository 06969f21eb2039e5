import TerminalKit

/// The heading of a column that rows may be sorted by.
struct Heading {
    let text: String
    let style: Style

    /// - Parameter rises: whether what is sorted by this column rises from row to row; `nil` for another column.
    init(_ title: String, rises: Bool?) {
        text = rises.map { "\(title) \($0 ? "▴" : "▾")" } ?? title
        style = rises == nil ? .text : .strongKey
    }
}
