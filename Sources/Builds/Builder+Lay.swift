import CLinux
import Containers
import Glibc
import Images
import Linux
import OCI

/// Where COPY and ADD put what.
extension Builder {
    /// - Parameters:
    ///   - fetched: what lies at those of `paths` that are addresses.
    ///   - change: what becomes of modes.
    func lay(
        _ paths: [String], _ fetched: [Fetched], to last: String, _ step: Containerfile.Instruction, _ stage: Stage,
        _ place: borrowing BuildPlace, _ target: borrowing BuildTarget, _ change: ModeChange?
    ) throws(BuildError) {
        let workdir = stage.process.workingDir ?? "/"
        let destination = BuildPath.normal(last.hasPrefix("/") ? last : "\(workdir)/\(last)")
        let saysFolder = last.hasSuffix("/") || last == "." || last.hasSuffix("/.")
        let heredocs = paths.filter { $0.hasPrefix("<<") }
        let named = paths.filter { !$0.hasPrefix("<<") }
        let urls = fetched.map(\.url)
        var source = try source(step.flag("from"), for: stage, place: place)
        source.excluded = try excluded(by: step, stage)
        // What another stage or an image has stays whose it is there, unless it is given to somebody.
        var transfer = TreeTransfer(
            owner: source.keepsOwners && step.flag("chown") == nil
                ? .same(plus: 0) : .one(target.owner.user, target.owner.group))
        if let change { transfer.permissions = { change.applied(to: $0) } }
        let keepsParents = try step.isOn("parents")
        var found: [Found] = []
        for pattern in named where !urls.contains(pattern) {
            for path in try source.matches(pattern, deep: keepsParents) {
                found.append(Found(path, of: keepsParents ? pattern : nil))
            }
        }
        let isMany = found.count + heredocs.count + urls.count > 1
        guard !isMany || saysFolder || keepsParents || target.isFolder(destination) else {
            throw BuildError("several things go to \(last): let it end with /")
        }
        let intoFolder = saysFolder || isMany || keepsParents || target.isFolder(destination)
        if intoFolder, found.isEmpty {
            // Patterns that nothing fits copy nothing: the folder is there all the same, as docker has it.
            try explainedSystem { () throws(SystemCallError) in _ = try target.folder(destination) }
        }
        for one in found {
            let below = one.place(below: destination, isFolder: source.isFolder(one.path))
            if step.keyword == "ADD", try unpack(one.path, of: source, to: below, place, target) { continue }
            try source.copy(one.path, to: below, in: target, intoFolder: intoFolder, with: &transfer)
        }
        for heredoc in step.heredocs.prefix(heredocs.count) {
            let text = heredoc.isExpanded ? try words(stage).replace(heredoc.text) : heredoc.text
            let mode = transfer.permissions?(S_IFREG | 0o644) ?? 0o644
            try write(Array(text.utf8), heredoc.name, to: destination, intoFolder, target, mode)
        }
        for file in fetched {
            let mode = transfer.permissions?(S_IFREG | 0o600) ?? 0o600
            try write(file.bytes, file.name, to: destination, intoFolder, target, mode)
        }
        for name in transfer.skipped { say(.note("left out \(printable(name)), which is a device or a socket")) }
    }

    /// What `--exclude` leaves out.
    private func excluded(by step: Containerfile.Instruction, _ stage: Stage) throws(BuildError) -> IgnoreList {
        let words = words(stage)
        var lines: [String] = []
        for text in step.all("exclude") {
            let pattern = try words.expand(text)
            if let reason = Glob.fault(of: pattern) {
                throw BuildError("--exclude=\(text) is no pattern: \(reason)")
            }
            lines.append(pattern)
        }
        return IgnoreList(lines.joined(separator: "\n"))
    }

    private func write(
        _ bytes: [UInt8], _ name: String, to destination: String, _ intoFolder: Bool,
        _ target: borrowing BuildTarget, _ permissions: mode_t
    ) throws(BuildError) {
        let path = intoFolder ? BuildPath.normal("\(destination)/\(name)") : destination
        do throws(SystemCallError) { try target.write(bytes, to: path, permissions: permissions) } catch {
            throw BuildError("cannot write \(path): \(error)")
        }
    }
}

/// What a pattern of COPY has found.
private struct Found {
    /// From the root of the source on.
    let path: String
    /// `--parents`: the folders that are kept; with `/./` in the pattern those behind it.
    private let kept: [Substring]?

    /// - Parameter pattern: the one that has found it, where its folders are kept.
    init(_ path: String, of pattern: String?) {
        self.path = path
        guard let pattern else {
            kept = nil
            return
        }
        let pivot = pattern.firstRange(of: "/./")
        let before = pivot.map { BuildPath.normal(String(pattern[..<$0.lowerBound])) } ?? "/"
        kept = Array(path.split(separator: "/").dropFirst(before.split(separator: "/").count))
    }

    /// Where it goes: the folder that a file comes to lie in, or what is in a folder does.
    func place(below destination: String, isFolder: Bool) -> String {
        guard let kept else { return destination }
        return BuildPath.normal("\(destination)/\((isFolder ? kept : kept.dropLast()).joined(separator: "/"))")
    }
}
