import RuntimeCore

/// `--version`, in the form that engines read.
enum Version {
    static let number = "0.1.0"
    static let specification = "1.3.0"

    static func run(_ words: [String], _ context: Context) throws(Failure) -> Int32 {
        try Output.line("boxtop-runtime version \(number)\nspec: \(specification)")
        return 0
    }
}
