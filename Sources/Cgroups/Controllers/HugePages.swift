import Linux

/// Huge pages in use, which no limit of `Limits` and no gauge is about.
///
/// | | v2 | v1 |
/// |---|---|---|
/// | in use | `hugetlb.2MB.current` | `hugetlb.2MB.usage_in_bytes` |
/// | the most | | `hugetlb.2MB.max_usage_in_bytes` |
/// | refused | `max` in `hugetlb.2MB.events` | `hugetlb.2MB.failcnt` |
package struct HugePages: Hashable, Sendable {
    /// Of one page, as the kernel writes it: `2MB`.
    package let size: String
    /// Bytes now, and the most ever.
    package let usage, peak: UInt64?
    /// How often the limit was met.
    package let failures: UInt64?
}

extension Cgroup {
    /// What the group has of each size of huge pages; nothing where it is in no tree that counts them.
    package func hugePages() -> [HugePages] {
        guard let directory = directory(of: .hugetlb), let names = try? Files.names(in: directory.path) else {
            return []
        }
        let isUnified = directory.version == .v2
        return names.sorted().compactMap { name in
            // `hugetlb.2MB.rsvd.current` is what was set aside.
            let words = name.split(separator: ".")
            guard words.count == 3, words[0] == "hugetlb", words[2] == (isUnified ? "current" : "usage_in_bytes") else {
                return nil
            }
            let file = "hugetlb.\(words[1])"
            return HugePages(
                size: String(words[1]), usage: directory.number(name),
                peak: isUnified ? nil : directory.number("\(file).max_usage_in_bytes"),
                failures: isUnified
                    ? directory.number("max", in: "\(file).events") : directory.number("\(file).failcnt"))
        }
    }
}
