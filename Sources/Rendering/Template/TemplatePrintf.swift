import JSON

/// Go's `printf`, as far as texts, numbers and what is true go: `%-20s`, `%06d`, `%.2f`, `%q`, `%x`.
struct TemplatePrintf {
    private struct Verb {
        var letter: Character = "%"
        var isLeft = false
        var isZeroed = false
        var isSigned = false
        var width = 0
        var precision: Int?
    }

    private var rest: Substring
    private var values: ArraySlice<TemplateValue>

    init(format: String, values: ArraySlice<TemplateValue>) {
        (rest, self.values) = (format[...], values)
    }

    func text() throws(TemplateError) -> String {
        var reading = self
        return try reading.written()
    }

    private mutating func written() throws(TemplateError) -> String {
        var text = ""
        while let letter = rest.popFirst() {
            guard letter == "%" else {
                text.append(letter)
                continue
            }
            let verb = try verb()
            if verb.letter == "%" {
                text += "%"
            } else if let value = values.popFirst() {
                text += try filled(try Self.text(of: value, verb), verb, value)
            } else {
                throw TemplateError("printf has no value for %\(verb.letter)")
            }
        }
        guard values.isEmpty else { throw TemplateError("printf has more values than its format has %") }
        return text
    }

    private mutating func verb() throws(TemplateError) -> Verb {
        var verb = Verb()
        while let flag = rest.first, "-0+".contains(flag) {
            rest.removeFirst()
            verb.isLeft = verb.isLeft || flag == "-"
            verb.isZeroed = verb.isZeroed || flag == "0"
            verb.isSigned = verb.isSigned || flag == "+"
        }
        verb.width = number() ?? 0
        if rest.first == "." {
            rest.removeFirst()
            verb.precision = number() ?? 0
        }
        guard let letter = rest.popFirst(), "sdvqxXtf%".contains(letter) else {
            throw TemplateError("printf knows %s, %d, %v, %q, %x, %X, %t, %f and %%")
        }
        verb.letter = letter
        return verb
    }

    private mutating func number() -> Int? {
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        rest = rest[digits.endIndex...]
        return digits.isEmpty ? nil : Int(digits) ?? .max
    }

    private static func text(of value: TemplateValue, _ verb: Verb) throws(TemplateError) -> String {
        switch (verb.letter, value.value) {
        case ("s", _), ("v", _): cut(value.plain, verb)
        case ("q", .array(let parts)): "[\(parts.map { cut($0.plain, verb).quoted }.joined(separator: " "))]"
        case ("q", _): cut(value.plain, verb).quoted
        case (_, .null): ""
        case ("t", .bool(let truth)): truth ? "true" : "false"
        case ("d", .integer(let number)): String(number)
        case ("x", .integer(let number)), ("X", .integer(let number)):
            String(number, radix: 16, uppercase: verb.letter == "X")
        case ("x", .string(let text)), ("X", .string(let text)):
            text.utf8.map { hexadecimal($0, uppercase: verb.letter == "X") }.joined()
        case ("f", .integer(let number)): Human.fixed(Double(number), min(verb.precision ?? 6, 6))
        case ("f", .number(let number)): Human.fixed(number, min(verb.precision ?? 6, 6))
        default: throw TemplateError("%\(verb.letter) of printf does not take \(value.value.compact)")
        }
    }

    private static func cut(_ text: String, _ verb: Verb) -> String {
        verb.precision.map { String(text.unicodeScalars.prefix($0)) } ?? text
    }

    private static func hexadecimal(_ byte: UInt8, uppercase: Bool) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: uppercase)
    }

    private func filled(_ text: String, _ verb: Verb, _ value: TemplateValue) throws(TemplateError) -> String {
        var (sign, text) = ("", text)
        let isNumber = value.value.isNumber && "dxXf".contains(verb.letter)
        if isNumber, verb.isSigned { sign = "+" }
        if isNumber, text.hasPrefix("-") { sign = String(text.removeFirst()) }
        if "dxX".contains(verb.letter), isNumber, let precision = verb.precision {
            text = try TemplateFunction.spaces(precision - text.count, of: "0") + text
        }
        let missing = verb.width - sign.count - text.unicodeScalars.count
        if verb.isLeft { return sign + text + (try TemplateFunction.spaces(missing)) }
        if verb.isZeroed { return sign + (try TemplateFunction.spaces(missing, of: "0")) + text }
        return try TemplateFunction.spaces(missing) + sign + text
    }
}

extension JSONValue {
    fileprivate var isNumber: Bool {
        switch self {
        case .integer, .number: true
        default: false
        }
    }
}

extension String {
    /// As Go writes it in double quotes.
    fileprivate var quoted: String {
        var quoted = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case "\r": quoted += "\\r"
            case _ where scalar.isPrintable: quoted.unicodeScalars.append(scalar)
            case _ where scalar.isASCII: quoted += "\\x\(scalar.hexadecimal(2))"
            default: quoted += scalar.value < 0x1_0000 ? "\\u\(scalar.hexadecimal(4))" : "\\U\(scalar.hexadecimal(8))"
            }
        }
        return quoted + "\""
    }
}

extension Unicode.Scalar {
    /// As Go has it: letters, numbers, signs and the one usual space.
    fileprivate var isPrintable: Bool {
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        case .spaceSeparator: self == " "
        default: true
        }
    }

    fileprivate func hexadecimal(_ digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
