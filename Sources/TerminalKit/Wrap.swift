extension String {
    /// Its rows where each has room for `width` cells; at least one.
    package func wrapped(_ width: Int) -> [String] {
        guard width > 0, cells > width else { return [self] }
        var rows: [String] = []
        var row = UnicodeScalarView()
        var used = 0
        for scalar in unicodeScalars {
            let cells = CharacterWidth.of(scalar)
            if used + cells > width, used > 0 {
                rows.append(String(row))
                (row, used) = (UnicodeScalarView(), 0)
            }
            row.append(scalar)
            used += cells
        }
        return rows + [String(row)]
    }

    /// The same, broken at blanks; a word that is too long for a row is broken wherever it must be.
    package func folded(_ width: Int) -> [String] {
        guard width > 0, cells > width else { return [self] }
        var rows: [String] = []
        var row = ""
        for word in split(separator: " ") {
            let joined = row.isEmpty ? String(word) : "\(row) \(word)"
            if joined.cells <= width || row.isEmpty {
                row = joined
            } else {
                rows.append(row)
                row = String(word)
            }
            let parts = row.wrapped(width)
            rows += parts.dropLast()
            row = parts.last ?? ""
        }
        return rows + [row]
    }

    /// As much of its beginning as `count` cells have room for.
    package func prefix(cells count: Int) -> Substring {
        var used = 0
        let end = unicodeScalars.firstIndex { scalar in
            used += CharacterWidth.of(scalar)
            return used > count
        }
        return self[..<(end ?? endIndex)]
    }

    /// What is left of it without its first `count` cells; half of a wide character is a blank.
    package func dropping(cells count: Int) -> String {
        var used = 0
        var index = unicodeScalars.startIndex
        while index < unicodeScalars.endIndex {
            let cells = CharacterWidth.of(unicodeScalars[index])
            if used >= count, cells > 0 { break }
            used += cells
            index = unicodeScalars.index(after: index)
        }
        return String(repeating: " ", count: max(0, used - count)) + String(unicodeScalars[index...])
    }
}
