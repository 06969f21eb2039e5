import JSON

extension [TemplateNode] {
    /// What stands over the columns that a template makes: the text, with the title of what each action shows.
    func headers(_ title: (String) -> String) -> String { map { $0.header(title) }.joined() }

    /// The first field that is shown.
    fileprivate var field: String? {
        for node in self {
            switch node {
            case .text, .jump: continue
            case .output(let pipeline): if let field = pipeline.field { return field }
            case .branch(let branch): if let field = branch.field { return field }
            }
        }
        return nil
    }
}

extension TemplateNode {
    fileprivate func header(_ title: (String) -> String) -> String {
        switch self {
        case .text(let text): text
        case .jump: ""
        case .output(let pipeline):
            pipeline.target != nil ? "" : pipeline.field.map(title) ?? pipeline.literal
        // Of `{{if .Ports}}{{.Ports}}{{else}}none{{end}}` what is shown, of `{{if .Ports}}yes{{end}}` what is asked.
        case .branch(let branch):
            if branch.kind == .if, let first = branch.cases.first, first.body.field != nil {
                first.body.headers(title)
            } else {
                branch.field.map(title) ?? ""
            }
        }
    }
}

extension TemplateBranch {
    fileprivate var field: String? { cases.first.flatMap { $0.condition.field ?? $0.body.field } }
}

extension TemplatePipeline {
    fileprivate var field: String? {
        for command in commands {
            switch command {
            case .value(let operand): if let field = operand.field { return field }
            case .call(_, let operands): for case let field? in operands.map(\.field) { return field }
            }
        }
        return nil
    }

    /// The text that it prints, whatever the fields are: `{{"\t"}}`.
    fileprivate var literal: String {
        if commands.count == 1, case .value(let operand) = commands[0], case .literal(let value) = operand.base {
            value.plain
        } else {
            ""
        }
    }
}

extension TemplateOperand {
    fileprivate var field: String? {
        switch base {
        case .dot, .variable("$"): path.first
        case .variable, .literal: nil
        case .parentheses(let pipeline): pipeline.field
        }
    }
}
