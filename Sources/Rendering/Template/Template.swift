import JSON

/// A text out of fields, in the part of Go's text/template that docker's users write:
/// `{{.Name}}: {{range .Mounts}}{{println .Source .Destination}}{{end}}`.
///
/// Fields, variables, literals, `|`, parentheses; `if`, `with`, `range`, `break`, `continue`; comments and trim markers;
/// the functions of `TemplateFunction`. `\t` and `\n` are a tab and a new line outside of the braces too, as docker has
/// it. See https://pkg.go.dev/text/template and https://docs.docker.com/engine/cli/formatting.
package struct Template: Hashable, Sendable {
    private let nodes: [TemplateNode]

    package init(_ source: String) throws(TemplateError) {
        var parser = TemplateParser(try TemplateScanner.parts(of: source))
        nodes = try parser.template()
    }

    /// The text, with each field's in its place.
    func text(of value: TemplateValue) throws(TemplateError) -> String {
        var evaluator = TemplateEvaluator(root: value)
        try evaluator.write(nodes, dot: value)
        return evaluator.output
    }

    /// The line of headers, with each field's title in its place.
    func headers(_ title: (String) -> String) -> String { nodes.headers(title) }
}

extension Template {
    /// The text for any value of JSON.
    ///
    /// - Parameter docker: what docker calls by other names, or prints where `value` has null.
    package func text(of value: JSONValue, docker: JSONValue = .object([])) throws(TemplateError) -> String {
        try text(of: TemplateValue(own: value, docker: docker))
    }
}

/// Why a format cannot be used, as a sentence.
package struct TemplateError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }

    /// - Parameter action: the part in braces that is wrong, as it was written.
    init(in action: String, _ reason: String) { self.init("“\(action)”: \(reason)") }
}
