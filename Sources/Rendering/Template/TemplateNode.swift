import JSON

/// A part of a template, read.
enum TemplateNode: Hashable, Sendable {
    case text(String)
    /// `{{.Name}}` prints, `{{$x := .Name}}` declares.
    case output(TemplatePipeline)
    case branch(TemplateBranch)
    case jump(TemplateJump)
}

/// `{{break}}` or `{{continue}}`: what becomes of the innermost `{{range}}` around it.
enum TemplateJump: String, Hashable, Sendable { case `break`, `continue` }

/// `{{if}}`, `{{with}}` or `{{range}}` up to its `{{end}}`.
struct TemplateBranch: Hashable, Sendable {
    enum Kind: String, Hashable, Sendable { case `if`, with, range }

    struct Case: Hashable, Sendable {
        var condition: TemplatePipeline
        var body: [TemplateNode]
    }

    var kind: Kind
    /// The first, then each `else if` or `else with`.
    var cases: [Case]
    /// After `{{else}}`.
    var otherwise: [TemplateNode]
}

/// `$x := .A | f | g`
struct TemplatePipeline: Hashable, Sendable {
    struct Target: Hashable, Sendable {
        /// `$x`, or the two of a `range`.
        var names: [String]
        /// `:=`, not `=`.
        var isNew: Bool
    }

    var target: Target?
    /// At least one; what one gives is the last argument of the next.
    var commands: [TemplateCommand]
    /// The action that it stands in, for errors.
    var source: String
}

enum TemplateCommand: Hashable, Sendable {
    case value(TemplateOperand)
    case call(function: String, arguments: [TemplateOperand])
}

/// `.A.B`, `$x.A`, `"text"`, `(index .A 0).B`
struct TemplateOperand: Hashable, Sendable {
    enum Base: Hashable, Sendable {
        case dot
        case variable(String)
        case literal(JSONValue)
        case parentheses(TemplatePipeline)
    }

    var base: Base
    var path: [String]
}
