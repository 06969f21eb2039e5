import JSON

/// Reads what stands in one action: `$x := .A | f "b"`.
struct TemplatePipelineParser {
    private let source: String
    private var tokens: ArraySlice<TemplateToken>
    private let variables: [String]
    private var depth: Int

    /// - Parameter variables: those that are declared.
    init(_ action: TemplateAction, variables: [String], depth: Int) {
        (source, tokens) = (action.source, action.tokens[...])
        (self.variables, self.depth) = (variables, depth)
    }

    mutating func pipeline(isRange: Bool) throws(TemplateError) -> TemplatePipeline {
        let target = try target(isRange: isRange)
        let pipeline = TemplatePipeline(target: target, commands: try commands(), source: source)
        guard tokens.isEmpty else { throw wrong("there is a ( missing") }
        return pipeline
    }

    private func wrong(_ reason: String) -> TemplateError { TemplateError(in: source, reason) }

    /// `$x :=`, `$x =` or, of a range, `$i, $x :=`.
    private mutating func target(isRange: Bool) throws(TemplateError) -> TemplatePipeline.Target? {
        let head = tokens.prefix { $0 != .declare && $0 != .assign }
        guard head.endIndex != tokens.endIndex else { return nil }
        let isNew = tokens[head.endIndex] == .declare
        var names: [String] = []
        for (index, token) in head.enumerated() {
            switch token {
            case .variable(let name, path: []) where index.isMultiple(of: 2) && name != "$": names.append(name)
            case .comma where !index.isMultiple(of: 2): break
            default: throw wrong("before := and = stands a variable, as in $x := .Name")
            }
        }
        guard head.count == names.count * 2 - 1, names.count <= (isRange ? 2 : 1) else {
            throw wrong("before := stands one variable, or after range two: $key, $value := .Labels")
        }
        if !isNew { for name in names { try checkDeclared(name) } }
        tokens = tokens[(head.endIndex + 1)...]
        return .init(names: names, isNew: isNew)
    }

    private func checkDeclared(_ name: String) throws(TemplateError) {
        guard variables.contains(name) else { throw wrong("there is no variable \(name)") }
    }

    private mutating func commands() throws(TemplateError) -> [TemplateCommand] {
        var commands: [TemplateCommand] = []
        repeat {
            let isFirst = commands.isEmpty
            if !isFirst { tokens.removeFirst() }
            commands.append(try command(isFirst: isFirst))
        } while tokens.first == .pipe
        return commands
    }

    private mutating func command(isFirst: Bool) throws(TemplateError) -> TemplateCommand {
        var function: String?
        if case .word(let word) = tokens.first, Self.constants[word] == nil {
            function = word
            tokens.removeFirst()
        }
        var operands: [TemplateOperand] = []
        while let operand = try operand() { operands.append(operand) }
        if let function { return try call(function, operands, isFirst: isFirst) }
        guard let first = operands.first else { throw wrong("there is a field or a function missing") }
        guard isFirst else { throw wrong("after | stands a function, as in {{.Name | upper}}") }
        if operands.count == 2, first.path.last?.lowercased() == "label" {
            let labels = TemplateOperand(base: first.base, path: first.path.dropLast() + ["Labels"])
            return .call(function: "index", arguments: [labels, operands[1]])
        }
        guard operands.count == 1 else { throw wrong("only a function takes what stands after it") }
        return .value(first)
    }

    private func call(
        _ name: String, _ operands: [TemplateOperand], isFirst: Bool
    ) throws(TemplateError) -> TemplateCommand {
        guard let function = TemplateFunction.all[name] else {
            let names = TemplateFunction.all.keys.sorted().joined(separator: ", ")
            throw wrong("there is no function \(name): there are \(names); a field begins with a dot, as in {{.Name}}")
        }
        guard function.arguments.contains(operands.count + (isFirst ? 0 : 1)) else {
            throw wrong("\(name) is used as in {{\(function.example)}}")
        }
        return .call(function: name, arguments: operands)
    }

    private static let constants: [String: JSONValue] = ["true": .bool(true), "false": .bool(false), "nil": .null]

    /// The next operand; `nil` where a pipe, a parenthesis or the end stands in its place.
    private mutating func operand() throws(TemplateError) -> TemplateOperand? {
        switch tokens.first {
        case nil, .pipe, .close: return nil
        case .path(let path): return taken(.dot, path)
        case .literal(let value): return taken(.literal(value))
        case .open: return try parentheses()
        case .variable(let name, let path):
            try checkDeclared(name)
            return taken(.variable(name), path)
        case .word(let word):
            guard let value = Self.constants[word] else { throw wrong("\(word) needs parentheses: (\(word) …)") }
            return taken(.literal(value))
        case .comma, .assign, .declare: throw wrong("a comma, = or := stands where none belongs")
        }
    }

    private mutating func taken(_ base: TemplateOperand.Base, _ path: [String] = []) -> TemplateOperand {
        tokens.removeFirst()
        return TemplateOperand(base: base, path: path)
    }

    private mutating func parentheses() throws(TemplateError) -> TemplateOperand {
        depth += 1
        guard depth <= TemplateParser.deepest else {
            throw wrong("more than \(TemplateParser.deepest) parentheses and blocks stand in one another")
        }
        defer { depth -= 1 }
        tokens.removeFirst()
        let commands = try commands()
        guard case .close(let path) = tokens.popFirst() else { throw wrong("there is a ) missing") }
        return TemplateOperand(
            base: .parentheses(TemplatePipeline(target: nil, commands: commands, source: source)), path: path)
    }
}
