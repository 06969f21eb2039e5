import Flags
import Rendering

extension ContainerTable {
    /// A `ps` with common flags alone.
    init?(common words: [String]) {
        var table = ContainerTable(style: ListStyle(), all: false, full: false)
        var words = CommonWords(words)
        let isKnown = words.read { flag in
            switch flag {
            case "-a", "--all": table.all = true
            case "-q", "--quiet": table.style.quiet = true
            case "--no-trunc": table.full = true
            case "--no-headers": table.style.headers = false
            default: return false
            }
            return true
        } value: { name, text in
            switch name {
            case "--format":
                guard let format = try? Format(text) else { return false }
                table.style.format = format
            case "-f", "--filter": return (try? table.add(filter: FlagValue(name, text))) != nil
            default: return false
            }
            return true
        }
        guard isKnown, words.rest.isEmpty else { return nil }
        self = table
    }
}
