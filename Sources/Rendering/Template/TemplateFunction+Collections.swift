import JSON

extension TemplateFunction {
    static let collections: [String: TemplateFunction] = [
        "index": .init(1...most, #"index .Config.Labels "team""#) { (values) throws(TemplateError) in
            var value = values[0]
            for key in values.dropFirst() { value = try element(of: value, key) }
            return value
        },
        "slice": .init(1...3, "slice .Id 0 12") { (values) throws(TemplateError) in
            let from = values.count > 1 ? try values[1].whole("slice") : 0
            let end = values.count > 2 ? try values[2].whole("slice") : nil
            switch values[0].value {
            case .array(let parts): return TemplateValue(.array(Array(try part(of: parts, from, end))))
            case .null: return TemplateValue(.null)
            case let other:
                guard values[0].isText else {
                    throw TemplateError("slice takes a text or a list first, not \(other.compact)")
                }
                // Bytes, as `len` counts them.
                return text(String(decoding: try part(of: Array(values[0].plain.utf8), from, end), as: UTF8.self))
            }
        },
    ]

    private static func element(of value: TemplateValue, _ key: TemplateValue) throws(TemplateError) -> TemplateValue {
        switch value.value {
        case .null, .map, .object: return try value.member(at: [key.value.plain])
        case .array(let values):
            guard let element = value.member(key.value.plain) else {
                let last = values.isEmpty ? "is empty" : "ends with number \(values.count - 1)"
                throw TemplateError("there is no number \(key.value.plain) in the list, which \(last)")
            }
            return element
        case let other: throw TemplateError("index looks into lists and maps, not into \(other.compact)")
        }
    }

    private static func part<Element>(
        of whole: [Element], _ from: Int, _ end: Int?
    ) throws(TemplateError) -> ArraySlice<Element> {
        let end = end ?? whole.count
        guard from >= 0, from <= end, end <= whole.count else {
            throw TemplateError("there is nothing from \(from) to \(end): the length is \(whole.count)")
        }
        return whole[from..<end]
    }
}
