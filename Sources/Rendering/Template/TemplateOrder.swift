import JSON

/// Two values, compared as Go compares what is of one kind.
struct TemplateOrder {
    private let function: String
    private let first: TemplateValue
    private let second: TemplateValue

    init(_ function: String, _ first: TemplateValue, _ second: TemplateValue) {
        (self.function, self.first, self.second) = (function, first, second)
    }

    /// What is absent equals nil, and the text that it is read as.
    var isEqual: Bool {
        get throws(TemplateError) {
            if let (first, second) = words, first == second { return true }
            switch (first.value, second.value) {
            case (.null, let other), (let other, .null): return other == .null || other == .string("")
            case (.integer, .number), (.number, .integer): return first.value.double == second.value.double
            case (.integer, .integer), (.number, .number), (.string, .string), (.bool, .bool):
                return first.value == second.value
            case _ where words != nil: return false
            default: throw incomparable("two numbers, two texts or two of true and false")
            }
        }
    }

    var isAscending: Bool {
        get throws(TemplateError) {
            switch (first.value, second.value) {
            case (.integer(let first), .integer(let second)): return first < second
            case (.string(let first), .string(let second)): return Self.isAscending(first, second)
            default:
                if let first = first.value.double, let second = second.value.double { return first < second }
                guard let (first, second) = words else { throw incomparable("two numbers or two texts") }
                return Self.isAscending(first, second)
            }
        }
    }

    /// Both as a person reads them, where one is a field of a list and the other a text.
    private var words: (String, String)? {
        switch (first.isWorded, first.value, second.isWorded, second.value) {
        case (true, _, true, _), (true, _, _, .string), (_, .string, true, _): (first.plain, second.plain)
        default: nil
        }
    }

    /// By bytes, as Go does.
    private static func isAscending(_ first: String, _ second: String) -> Bool {
        first.utf8.lexicographicallyPrecedes(second.utf8)
    }

    private func incomparable(_ kinds: String) -> TemplateError {
        TemplateError("\(function) compares \(kinds), not \(first.value.compact) with \(second.value.compact)")
    }
}

extension JSONValue {
    fileprivate var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }
}
