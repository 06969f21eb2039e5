import CStart
import Glibc

/// The words and the places that the caller gives are text here. Bytes that are not UTF-8 would come out as others, and so
/// name another file than the one that was meant.
enum CallerWords {
    /// How the variables begin that say where something is.
    private static let places = ["HOME=", "XDG_", "BOXTOP_", "DOCKER_CONFIG=", "REGISTRY_AUTH_FILE="]

    /// What is wrong with the first that is not UTF-8; `nil` where all is well.
    static var complaint: String? {
        var count: Int32 = 0
        let words = cstart_arguments(&count)
        for number in 0..<Int(count) {
            if let word = words?[number], String(validatingCString: word) == nil {
                return "the word “\(String(cString: word))” of the command line is not UTF-8: use another name for it"
            }
        }
        var entry = environ
        while let text = entry.pointee {
            if String(validatingCString: text) == nil {
                let variable = String(cString: text)
                if places.contains(where: variable.hasPrefix) {
                    return "the value of the variable “\(variable)” is not UTF-8: use another place"
                }
            }
            entry += 1
        }
        return nil
    }
}
