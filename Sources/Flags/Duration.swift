import Linux

extension FlagValue {
    /// Seconds: `10`, `1.5`, `1m30s`, `500ms`, `2h`, `1d`.
    package func seconds() throws(FlagError) -> Double {
        guard let value = Self.seconds(text) else {
            throw refused("is not a length of time: a number of seconds, or one with a unit, as in 500ms or 1m30s")
        }
        return value
    }

    /// How long something is waited for, in seconds; -1, for ever.
    package func grace() throws(FlagError) -> Double { text == "-1" ? -1 : try seconds() }

    /// A moment: a time of RFC 3339, a date, seconds since 1970, or how long ago, as in `10m`.
    package func moment(now: Timestamp) throws(FlagError) -> Timestamp {
        if let time = Timestamp(text) ?? Timestamp("\(text)Z") ?? Timestamp("\(text)T00:00:00Z") { return time }
        guard let value = decimal(text) else {
            guard let ago = Self.seconds(text) else {
                throw refused("is not a time: how long ago, as in 10m, or a moment, as in 2026-11-23T22:42:31Z")
            }
            let nanoseconds = ago * 1e9
            return Timestamp(
                nanoseconds: nanoseconds < Double(now.nanoseconds) ? now.nanoseconds - UInt64(nanoseconds) : 0)
        }
        guard value < 1e10 else { throw refused("is too far ahead for a time: write how long ago, as in 10m") }
        return Timestamp(nanoseconds: UInt64(value * 1e9))
    }

    /// The seconds of `text`, whose last number may be without a unit if it is the only one.
    private static func seconds(_ text: String) -> Double? {
        if let plain = decimal(text) { return plain < 1e10 ? plain : nil }
        var rest = text[...]
        var sum = 0.0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest[digits.endIndex...]
            let unit = rest.prefix { $0.isLetter }
            rest = rest[unit.endIndex...]
            guard let value = decimal(digits), let scale = scale(of: unit) else { return nil }
            sum += value * scale
        }
        return text.isEmpty || sum >= 1e10 ? nil : sum
    }

    private static func scale(of unit: Substring) -> Double? {
        switch unit {
        case "ns": 1e-9
        case "us", "µs": 1e-6
        case "ms": 1e-3
        case "s": 1
        case "m": 60
        case "h": 3_600
        case "d": 86_400
        default: nil
        }
    }
}
