import Linux

extension RegistryClient {
    static func isBusy(_ status: Int) -> Bool { [408, 429, 500, 502, 503, 504].contains(status) }

    /// Seconds before the attempt after `attempt`: a quarter, doubling up to ten, and never the same for all who wait;
    /// or what the server asks for, up to a minute.
    static func delay(_ attempt: Int, _ answer: HTTPAnswer?) -> Double {
        if let seconds = answer?["Retry-After"].flatMap({ retryAfter($0) }) { return min(max(seconds, 0), 60) }
        return min(10, 0.25 * Double(1 << min(attempt - 1, 10))) * Double.random(in: 0.75...1.25)
    }

    /// The seconds of a `Retry-After`, a number or a date: RFC 9110, 10.2.3. Digits alone, since what else Swift takes for a
    /// number (`nan`) is none that can be waited for.
    static func retryAfter(_ text: String, now: Timestamp = .now) -> Double? {
        if !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) { return Double(text) }
        // `Sun, 06 Nov 1994 08:49:37 GMT`
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let month = months.firstIndex(of: String(words[2])),
            let time = Timestamp("\(words[3])-\(month < 9 ? "0" : "")\(month + 1)-\(words[1])T\(words[4])Z")
        else { return nil }
        return (Double(time.nanoseconds) - Double(now.nanoseconds)) / 1e9
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
