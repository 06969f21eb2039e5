/// Puts texts and actions together: what stands between `{{if}}` and its `{{end}}`.
struct TemplateParser {
    /// How many blocks and parentheses may stand in one another: reading and evaluating them takes the stack.
    static let deepest = 100

    private var parts: ArraySlice<TemplatePart>
    private var depth = 0
    /// How many of the blocks are bodies of `{{range}}`.
    private var ranges = 0
    /// Those that are declared where it reads.
    private var variables = ["$"]

    init(_ parts: [TemplatePart]) { self.parts = parts[...] }

    mutating func template() throws(TemplateError) -> [TemplateNode] {
        let (nodes, end) = try list()
        if let end {
            throw TemplateError(in: end.source, "there is no {{if}}, {{with}} or {{range}} that it belongs to")
        }
        return nodes
    }

    /// What stands up to an `{{else}}` or `{{end}}`, and that; without it, up to the end.
    private mutating func list() throws(TemplateError) -> ([TemplateNode], end: TemplateAction?) {
        var nodes: [TemplateNode] = []
        while let part = parts.popFirst() {
            switch part {
            case .text(let text): nodes.append(.text(text))
            case .action(let action):
                let keyword = action.keyword ?? ""
                if keyword == "else" || keyword == "end" { return (nodes, action) }
                if let kind = TemplateBranch.Kind(rawValue: keyword) {
                    nodes.append(.branch(try branch(kind, action)))
                } else if let jump = TemplateJump(rawValue: keyword) {
                    try check(jump, action)
                    nodes.append(.jump(jump))
                } else {
                    nodes.append(.output(try pipeline(action)))
                }
            }
        }
        return (nodes, nil)
    }

    private func check(_ jump: TemplateJump, _ action: TemplateAction) throws(TemplateError) {
        guard action.tokens.count == 1 else { throw TemplateError(in: action.source, "\(jump.rawValue) takes nothing") }
        guard ranges > 0 else {
            throw TemplateError(in: action.source, "\(jump.rawValue) stands between a {{range}} and its {{end}}")
        }
    }

    private mutating func branch(
        _ kind: TemplateBranch.Kind, _ first: TemplateAction
    ) throws(TemplateError) -> TemplateBranch {
        depth += 1
        guard depth <= Self.deepest else {
            throw TemplateError(in: first.source, "more than \(Self.deepest) blocks stand in one another")
        }
        let outer = variables.count
        defer {
            depth -= 1
            variables.removeSubrange(outer...)
        }
        var branch = TemplateBranch(kind: kind, cases: [], otherwise: [])
        var opening = first.without(1)
        while true {
            let condition = try pipeline(opening, isRange: kind == .range)
            if kind == .range { ranges += 1 }
            let (body, end) = try list()
            if kind == .range { ranges -= 1 }
            branch.cases.append(.init(condition: condition, body: body))
            guard let end else { throw TemplateError("“\(first.source)” has no {{end}}") }
            if end.isLast { return branch }
            guard end.keyword == "else", end.tokens.count > 1 else {
                branch.otherwise = try otherwise(end, of: first)
                return branch
            }
            guard kind != .range, end.without(1).keyword == kind.rawValue else {
                throw TemplateError(in: end.source, "“\(first.source)” takes no such else")
            }
            opening = end.without(2)
        }
    }

    /// What stands after `{{else}}`, up to the `{{end}}`.
    private mutating func otherwise(
        _ opening: TemplateAction, of first: TemplateAction
    ) throws(TemplateError) -> [TemplateNode] {
        guard opening.keyword == "else" else { throw TemplateError(in: opening.source, "end takes nothing") }
        let (nodes, end) = try list()
        guard let end else { throw TemplateError("“\(first.source)” has no {{end}}") }
        guard end.isLast else { throw TemplateError(in: end.source, "“\(first.source)” has had its {{else}}") }
        return nodes
    }

    private mutating func pipeline(
        _ action: TemplateAction, isRange: Bool = false
    ) throws(TemplateError) -> TemplatePipeline {
        var parser = TemplatePipelineParser(action, variables: variables, depth: depth)
        let pipeline = try parser.pipeline(isRange: isRange)
        if let target = pipeline.target, target.isNew { variables += target.names }
        return pipeline
    }
}

extension TemplateAction {
    /// The word that it begins with.
    fileprivate var keyword: String? {
        if case .word(let word) = tokens.first { word } else { nil }
    }

    /// Whether it is `{{end}}`.
    fileprivate var isLast: Bool { keyword == "end" && tokens.count == 1 }

    fileprivate func without(_ count: Int) -> TemplateAction {
        TemplateAction(tokens: Array(tokens.dropFirst(count)), source: source)
    }
}
