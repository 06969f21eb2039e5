import JSON

/// Writes what a template makes of a value.
struct TemplateEvaluator {
    private(set) var output = ""
    private var variables: [(name: String, value: TemplateValue)]

    init(root: TemplateValue) { variables = [("$", root)] }

    /// - Returns: the jump that has ended it before its end.
    @discardableResult
    mutating func write(_ nodes: [TemplateNode], dot: TemplateValue) throws(TemplateError) -> TemplateJump? {
        for node in nodes {
            switch node {
            case .text(let text): output += text
            case .output(let pipeline):
                let value = try value(of: pipeline, dot)
                if let target = pipeline.target { bind(target, [value]) } else { output += value.plain }
            case .branch(let branch):
                let outer = variables.count
                let jump = try write(branch, dot)
                variables.removeSubrange(outer...)
                if let jump { return jump }
            case .jump(let jump): return jump
            }
        }
        return nil
    }

    private mutating func write(
        _ branch: TemplateBranch, _ dot: TemplateValue
    ) throws(TemplateError) -> TemplateJump? {
        for part in branch.cases {
            let value = try value(of: part.condition, dot)
            if branch.kind == .range {
                if try writeEach(of: value, part) { return nil }
            } else {
                if let target = part.condition.target { bind(target, [value]) }
                if value.isTrue { return try write(part.body, dot: branch.kind == .with ? value : dot) }
            }
        }
        return try write(branch.otherwise, dot: dot)
    }

    /// The body of a `range`, once for each element; `false` where there is none.
    private mutating func writeEach(
        of value: TemplateValue, _ part: TemplateBranch.Case
    ) throws(TemplateError) -> Bool {
        let elements: [(key: JSONValue, value: JSONValue)]
        switch value.value {
        case .null: elements = []
        case .array(let values): elements = values.enumerated().map { (.integer($0.offset), $0.element) }
        case .object(let members), .map(let members): elements = members.map { (.string($0.key), $0.value) }
        case let other:
            throw TemplateError(in: part.condition.source, "range takes a list or a map, not \(other.compact)")
        }
        let outer = variables.count
        for (key, element) in elements {
            let element = TemplateValue(element)
            if let target = part.condition.target {
                bind(target, target.names.count == 2 ? [TemplateValue(key), element] : [element])
            }
            let jump = try write(part.body, dot: element)
            variables.removeSubrange(outer...)
            if jump == .break { break }
        }
        return !elements.isEmpty
    }

    private mutating func bind(_ target: TemplatePipeline.Target, _ values: [TemplateValue]) {
        for (name, value) in zip(target.names, values) {
            if !target.isNew, let index = variables.lastIndex(where: { $0.name == name }) {
                variables[index].value = value
            } else {
                variables.append((name, value))
            }
        }
    }

    // MARK: Values

    private func value(of pipeline: TemplatePipeline, _ dot: TemplateValue) throws(TemplateError) -> TemplateValue {
        var last: TemplateValue?
        for command in pipeline.commands {
            switch command {
            case .value(let operand): last = try value(of: operand, dot)
            case .call(let name, let operands):
                if name == "and" || name == "or" {
                    last = try firstThat(is: name == "or", operands, then: last, dot)
                } else {
                    var arguments: [TemplateValue] = []
                    for operand in operands { arguments.append(try value(of: operand, dot)) }
                    last = try call(name, arguments + (last.map { [$0] } ?? []), in: pipeline.source)
                }
            }
        }
        return last ?? TemplateValue(.null)
    }

    private func value(of operand: TemplateOperand, _ dot: TemplateValue) throws(TemplateError) -> TemplateValue {
        let (base, name): (TemplateValue, String) =
            switch operand.base {
            case .dot: (dot, "")
            case .variable(let name): (variables.last { $0.name == name }?.value ?? TemplateValue(.null), name)
            case .literal(let value): (TemplateValue(value), "")
            case .parentheses(let pipeline): (try value(of: pipeline, dot), "(…)")
            }
        return try base.member(at: operand.path, of: name == "$" ? "" : name)
    }

    /// `and` and `or`: what decides it, and nothing after that is looked at.
    private func firstThat(
        is wanted: Bool, _ operands: [TemplateOperand], then piped: TemplateValue?, _ dot: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        var last = TemplateValue(.null)
        for operand in operands {
            last = try value(of: operand, dot)
            if last.isTrue == wanted { return last }
        }
        return piped ?? last
    }

    private func call(
        _ name: String, _ arguments: [TemplateValue], in source: String
    ) throws(TemplateError) -> TemplateValue {
        guard let function = TemplateFunction.all[name] else { return TemplateValue(.null) }
        do { return try function.body(arguments) } catch { throw TemplateError(in: source, error.description) }
    }
}
