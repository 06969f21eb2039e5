import Containers
import Records

extension FlagValue {
    /// Changes `log` by `max-size=10m` or `max-file=3`. What docker would add to the entries, and `logs` does not show,
    /// changes nothing.
    package func logOption(_ log: inout LogOptions) throws(FlagError) {
        let pair = try parsed(by: Parse.label)
        switch pair.key {
        case "max-size":
            log.maximumSize = try FlagValue("\(name) max-size", pair.value).bytes()
            guard log.maximumSize >= 4096 else { throw refused("is too little for a log: give at least 4k") }
        case "max-file": log.files = Int(try FlagValue("\(name) max-file", pair.value).number(in: 1...1_000))
        case "tag", "labels", "labels-regex", "env", "env-regex": return
        case "mode" where pair.value == "blocking": return
        default: throw refused("is no option of a log: max-size=10m or max-file=3")
        }
    }

    /// How many lines from the end: a number, or `nil` for `all`.
    package func tail() throws(FlagError) -> Int? {
        if text == "all" || text == "-1" { return nil }
        return Int(try number(in: 0...1_000_000_000))
    }
}
