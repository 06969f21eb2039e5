extension StringProtocol {
    /// The text as a line of a list shows it: every run of blanks, line ends and control characters is one blank.
    package var onOneLine: String {
        var line = ""
        var isOpen = false
        for scalar in unicodeScalars {
            guard scalar.value > 0x20, scalar.value != 0x7F, !(0x80..<0xA0).contains(scalar.value) else {
                isOpen = true
                continue
            }
            if isOpen, !line.isEmpty { line.unicodeScalars.append(" ") }
            isOpen = false
            line.unicodeScalars.append(scalar)
        }
        return line
    }
}
