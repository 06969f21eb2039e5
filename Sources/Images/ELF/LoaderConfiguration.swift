import Glibc
import Linux

/// `/etc/ld.so.conf`: the folders that a system's loader searches besides its default ones. See ldconfig(8).
enum LoaderConfiguration {
    /// The folders that the file at `path` lists, with those of the files that it includes.
    static func folders(_ path: String) -> [String] { folders(path, depth: 0) }

    private static func folders(_ path: String, depth: Int) -> [String] {
        guard depth < 8, let text = Files.text(path) else { return [] }
        var result: [String] = []
        for line in text.lines {
            let words = line.prefix { $0 != "#" }.split(whereSeparator: { " \t,:\r".contains($0) }).map(String.init)
            switch words.first {
            case "include":
                for pattern in words.dropFirst() {
                    let base = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
                    for file in matches(pattern.hasPrefix("/") ? pattern : base + pattern) {
                        result += folders(file, depth: depth + 1)
                    }
                }
            case "hwcap", nil: continue
            default: result += words.filter { $0.hasPrefix("/") }
            }
        }
        return result
    }

    /// The files that fit `pattern`, sorted; see glob(3).
    private static func matches(_ pattern: String) -> [String] {
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(pattern, 0, nil, &found) == 0 else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { index in found.gl_pathv[index].map { String(cString: $0) } }
    }
}
