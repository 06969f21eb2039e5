/// Paths as text.
enum Paths {
    /// Without `.`, `..`, doubled and trailing slashes; `..` never climbs above `/`.
    static func normal(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    /// `path` as seen from `folder`, normal.
    static func join(_ folder: String, _ path: String) -> String {
        normal(path.hasPrefix("/") ? path : "\(folder)/\(path)")
    }

    /// What is above `path`.
    static func parent(_ path: String) -> String {
        path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }
}
