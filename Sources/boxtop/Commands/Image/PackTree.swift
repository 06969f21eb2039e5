import Images

/// What a packed image would hold, as a tree of why: under each program what it needs, under that what that needs.
struct PackTree {
    private let report: PackReport
    private let children: [String: [PackReport.File]]

    init(_ report: PackReport) {
        self.report = report
        let files = report.files.filter { $0.kind != .folder }
        let known = Set(files.map(\.path))
        // What is there for something that is not is nobody's child.
        children = Dictionary(grouping: files) { file in file.cause.flatMap { known.contains($0) ? $0 : nil } ?? "" }
    }

    var text: String {
        var text = ""
        for file in children[""] ?? [] {
            if case .link = file.kind, (children[file.path] ?? []).isEmpty { continue }
            text += line(file, "", "")
        }
        let links = (children[""] ?? []).count { if case .link = $0.kind { true } else { false } }
        if links > 0 { text += "\(links) links\n" }
        return text + "\(report.fileCount) files, \(byteCount(report.unpackedSize)) unpacked\n"
    }

    /// One file with all that is there for it.
    private func line(_ file: PackReport.File, _ first: String, _ rest: String) -> String {
        let size = file.size > 0 ? "  \(byteCount(file.size))" : ""
        var text = "\(first)\(printable(file.path))\(size)  (\(printable(file.reason)))\n"
        let below = file.cause == file.path ? [] : children[file.path] ?? []
        for (index, child) in below.enumerated() {
            let isLast = index == below.count - 1
            text += line(child, rest + (isLast ? "└─ " : "├─ "), rest + (isLast ? "   " : "│  "))
        }
        return text
    }
}
