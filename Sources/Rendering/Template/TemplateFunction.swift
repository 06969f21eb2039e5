import JSON

/// What a template can call: those of Go that make sense for what we print, and docker's.
struct TemplateFunction: Sendable {
    typealias Body = @Sendable (_ arguments: [TemplateValue]) throws(TemplateError) -> TemplateValue

    /// How many it takes.
    let arguments: ClosedRange<Int>
    /// A use of it, for who uses it otherwise.
    let example: String
    let body: Body

    init(_ arguments: ClosedRange<Int>, _ example: String, _ body: @escaping Body) {
        (self.arguments, self.example, self.body) = (arguments, example, body)
    }

    /// As many arguments as there are.
    static let most = 1_000

    static let all = logic.merging(collections) { $1 }.merging(texts) { $1 }.merging(docker) { $1 }

    /// `and` and `or` are evaluated by the evaluator, which leaves out what need not be looked at.
    private static let logic: [String: TemplateFunction] = [
        "and": .init(1...most, "and .State.Running .State.Paused") { $0[$0.count - 1] },
        "or": .init(1...most, "or .State.Paused .State.Dead") { $0[$0.count - 1] },
        "not": .init(1...1, "not .State.Running") { truth(!$0[0].isTrue) },
        "eq": .init(2...most, "eq .State.ExitCode 0") { (values) throws(TemplateError) in
            for other in values.dropFirst() where try TemplateOrder("eq", values[0], other).isEqual {
                return truth(true)
            }
            return truth(false)
        },
        "ne": .init(2...2, "ne .State.ExitCode 0") { (values) throws(TemplateError) in
            truth(!(try TemplateOrder("ne", values[0], values[1]).isEqual))
        },
        "lt": .init(2...2, "lt .RestartCount 3") { (values) throws(TemplateError) in
            truth(try TemplateOrder("lt", values[0], values[1]).isAscending)
        },
        "gt": .init(2...2, "gt .RestartCount 3") { (values) throws(TemplateError) in
            truth(try TemplateOrder("gt", values[1], values[0]).isAscending)
        },
        "le": .init(2...2, "le .RestartCount 3") { (values) throws(TemplateError) in
            truth(!(try TemplateOrder("le", values[1], values[0]).isAscending))
        },
        "ge": .init(2...2, "ge .RestartCount 3") { (values) throws(TemplateError) in
            truth(!(try TemplateOrder("ge", values[0], values[1]).isAscending))
        },
    ]

    private static let texts: [String: TemplateFunction] = [
        "print": .init(0...most, "print .Name .Id") { text(printed($0)) },
        "println": .init(0...most, "println .Source .Destination") {
            text($0.map(\.plain).joined(separator: " ") + "\n")
        },
        "printf": .init(1...most, #"printf "%-20s %d" .Name .State.Pid"#) { (values) throws(TemplateError) in
            text(try TemplatePrintf(format: values[0].plain, values: values.dropFirst()).text())
        },
        "len": .init(1...1, "len .Mounts") { TemplateValue(.integer(count($0[0]))) },
    ]

    private static func truth(_ value: Bool) -> TemplateValue { TemplateValue(.bool(value)) }

    static func text(_ text: String) -> TemplateValue { TemplateValue(.string(text)) }

    /// As Go's Sprint: a space between two that are no texts.
    private static func printed(_ values: [TemplateValue]) -> String {
        var text = ""
        for (index, value) in values.enumerated() {
            if index > 0, !value.isText, !values[index - 1].isText { text += " " }
            text += value.plain
        }
        return text
    }

    private static func count(_ value: TemplateValue) -> Int {
        switch value.value {
        case .array(let values): values.count
        case .object(let members), .map(let members): members.count
        default: value.plain.utf8.count
        }
    }
}

extension TemplateValue {
    /// Whether a person reads a text.
    var isText: Bool {
        if case .string = value { true } else { isWorded }
    }
}
