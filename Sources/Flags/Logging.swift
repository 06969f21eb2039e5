import Records

extension Flag {
    /// Changes `log` by `max-size=10m` or `max-file=3`.
    package func logOption(_ log: inout LogOptions) throws(FlagError) {
        let pair = try pair(example: "\(name) max-size=10m")
        switch (pair.key, pair.value) {
        case ("max-size", let value?):
            log.maximumSize = try Flag("\(name) max-size", value).size(atLeast: 4096, example: "10m")
        case ("max-file", let value?):
            log.files = Int(try Flag("\(name) max-file", value).number(in: 1...1_000, example: "3"))
        default: throw refused("must be max-size=10m or max-file=3")
        }
    }

    /// How many lines from the end: a number, or `nil` for `all`.
    package func tail() throws(FlagError) -> Int? {
        if text == "all" || text == "-1" { return nil }
        return Int(try number(in: 0...1_000_000_000, example: "20"))
    }
}
