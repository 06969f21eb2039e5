import Cgroups

/// The numbers behind the names in a config.json.
enum IOPriorityClass {
    /// ioprio_set(2).
    static let numbers: [String: Int32] = ["IOPRIO_CLASS_RT": 1, "IOPRIO_CLASS_BE": 2, "IOPRIO_CLASS_IDLE": 3]
}

enum Personalities {
    /// personality(2).
    static let domains: [String: UInt] = ["LINUX": 0, "LINUX32": 8]
}

/// Lists of cores, or of memory nodes, such as `0-3,7`.
enum CoreList {
    /// The numbers; `nil` where the text is no such list.
    static func cores(_ text: String) -> [Int]? {
        var cores: [Int] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map { Int($0) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last, (0..<1024).contains(last)
            else { return nil }
            cores += first...last
        }
        return cores
    }

    /// A bit for each of `numbers`; empty where there are none.
    static func mask(_ numbers: [Int]) -> [UInt64] {
        var mask = numbers.isEmpty ? [] : [UInt64](repeating: 0, count: 16)
        for number in numbers { mask[number / 64] |= 1 << UInt64(number % 64) }
        return mask
    }
}

/// Files of a v2 group by name.
enum UnifiedFile {
    /// Why no group has `name`, as far as the name tells.
    static func obstacle(_ name: String) -> String? {
        let prefix = String(name.prefix { $0 != "." })
        if prefix == "cgroup" {
            // Who is in the group, and what it hands down, is the launch's to say.
            return ["cgroup.max.depth", "cgroup.max.descendants", "cgroup.pressure"].contains(name)
                ? nil : "it is not a limit"
        }
        return Controller(rawValue: prefix) == nil && prefix != "misc" ? "there is no controller \(prefix)" : nil
    }
}
