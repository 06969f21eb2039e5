extension Timestamp: CustomStringConvertible, LosslessStringConvertible {
    /// `2026-11-23T22:42:31.123456789Z`, always with nine digits, always UTC.
    package var description: String {
        let (date, second) = (
            Self.date(day: Int(nanoseconds / 86_400_000_000_000)), Int(nanoseconds / 1_000_000_000 % 86_400)
        )
        let parts: [(number: Int, width: Int, end: Unicode.Scalar)] = [
            (date.year, 4, "-"), (date.month, 2, "-"), (date.day, 2, "T"), (second / 3_600, 2, ":"),
            (second / 60 % 60, 2, ":"), (second % 60, 2, "."), (Int(nanoseconds % 1_000_000_000), 9, "Z"),
        ]
        var bytes: [UInt8] = []
        bytes.reserveCapacity(30)
        for part in parts {
            Decimal.append(UInt64(part.number), width: part.width, to: &bytes)
            bytes.append(UInt8(ascii: part.end))
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A time of RFC 3339, with or without a fraction, with `Z` or an offset such as `+02:00`; `nil` for anything else.
    package init?(_ description: String) {
        let text = Array(description.utf8)
        func number(_ range: Range<Int>) -> Int? {
            guard range.upperBound <= text.count, text[range].allSatisfy({ (48...57).contains($0) }) else { return nil }
            return text[range].reduce(0) { $0 * 10 + Int($1) - 48 }
        }
        let (dash, colon) = (UInt8(ascii: "-"), UInt8(ascii: ":"))
        guard text.count >= 20, text[4] == dash, text[7] == dash, text[10] == UInt8(ascii: "T"), text[13] == colon,
            text[16] == colon, let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 61, year >= 1970
        else { return nil }
        let days = Self.day(year: year, month: month, day: day)
        // The 31st of February has become a day of March.
        guard Self.date(day: days).day == day else { return nil }
        var index = 19
        var fraction = 0
        if text[index] == UInt8(ascii: ".") {
            let digits = text[(index + 1)...].prefix { (48...57).contains($0) }
            if digits.isEmpty { return nil }
            for position in 0..<9 {
                fraction =
                    fraction * 10 + (position < digits.count ? Int(digits[digits.startIndex + position]) - 48 : 0)
            }
            index = digits.endIndex
        }
        var offset = 0
        if text.count != index + 1 || text[index] != UInt8(ascii: "Z") {
            guard text.count == index + 6, text[index] == UInt8(ascii: "+") || text[index] == dash,
                text[index + 3] == colon, let hours = number(index + 1..<index + 3), hours < 24,
                let minutes = number(index + 4..<index + 6), minutes < 60
            else { return nil }
            offset = (hours * 60 + minutes) * 60 * (text[index] == dash ? -1 : 1)
        }
        let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - offset
        // 64 bits of nanoseconds end in July of 2554.
        guard (0..<Int(UInt64.max / 1_000_000_000)).contains(seconds) else { return nil }
        self.init(nanoseconds: UInt64(seconds) * 1_000_000_000 + UInt64(fraction))
    }

    /// Days since 1970-01-01 in the proleptic Gregorian calendar, counted in eras of 400 years from a first of March.
    private static func day(year: Int, month: Int, day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = (year / 400, year % 400)
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func date(day: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = day + 719_468
        let (era, dayOfEra) = (shifted / 146_097, shifted % 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}

extension Timestamp: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let time = Timestamp(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "\"\(text)\" is not a time of RFC 3339")
        }
        self = time
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
