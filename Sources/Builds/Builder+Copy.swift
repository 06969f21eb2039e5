import CLinux
import Containers
import Glibc
import Images
import Linux
import OCI

extension Builder {
    /// COPY and ADD. What is copied is laid out first, and counts by its content: the cache knows it again whatever its
    /// times are.
    func copy(_ step: Containerfile.Instruction, on stage: inout Stage) throws(BuildError) {
        let words = words(stage)
        var paths: [String] = []
        if let list = ConfigurationStep.list(step.text) {
            for word in list { paths.append(try words.expand(word)) }
        } else {
            paths = try words.split(step.text)
        }
        guard let last = paths.popLast(), !paths.isEmpty else { throw BuildError("\(step.keyword) wants FROM … TO") }
        let folders = try self.folders(stage)
        let owner = try self.owner(
            try step.flag("chown").map { text throws(BuildError) in try words.expand(text) }, in: folders)
        let place = try BuildPlace(containers.layout)
        do {
            var target = try place.open(folders)
            target.owner = owner
            var transfer = TreeTransfer(owner: .one(owner.user, owner.group))
            if let text = try step.flag("chmod").map({ text throws(BuildError) in try words.expand(text) }) {
                guard let mode = mode_t(text, radix: 8), mode <= 0o7777 else {
                    throw BuildError("--chmod=\(text) is no mode: 755, 0644")
                }
                transfer.permissions = mode
            }
            try lay(paths, to: last, step, stage, place, target, &transfer)
        }
        let upper = place.upper
        let digest = try explained { () throws(ImageError) in try images.contentDigest(of: upper) }
        stage.key = try key([stage.key, "COPY", digest.description])
        if let layer = cached(stage.key) {
            say(.cached)
            return note(step, layer: layer, on: &stage)
        }
        note(step, layer: try keep(place, as: stage.key), on: &stage)
    }

    private func lay(
        _ paths: [String], to last: String, _ step: Containerfile.Instruction, _ stage: Stage,
        _ place: borrowing BuildPlace, _ target: borrowing BuildTarget, _ transfer: inout TreeTransfer
    ) throws(BuildError) {
        let workdir = stage.process.workingDir ?? "/"
        let destination = BuildPath.normal(last.hasPrefix("/") ? last : "\(workdir)/\(last)")
        let saysFolder = last.hasSuffix("/") || last == "." || last.hasSuffix("/.")
        let heredocs = paths.filter { $0.hasPrefix("<<") }
        let named = paths.filter { !$0.hasPrefix("<<") }
        let urls = step.keyword == "ADD" ? named.filter { $0.hasPrefix("http://") || $0.hasPrefix("https://") } : []
        guard step.flag("checksum") == nil || urls.count == 1 && paths.count == 1 else {
            throw BuildError("--checksum is of what is fetched from one address: leave it out")
        }
        var found: [String] = []
        let source = try source(step.flag("from"), for: stage, place: place)
        for path in named where !urls.contains(path) { found += try source.matches(path) }
        let isMany = found.count + heredocs.count + urls.count > 1
        guard !isMany || saysFolder || target.isFolder(destination) else {
            throw BuildError("several things go to \(last): let it end with /")
        }
        let intoFolder = saysFolder || isMany || target.isFolder(destination)
        for path in found {
            if step.keyword == "ADD", try unpack(path, of: source, to: destination, place, target) { continue }
            try source.copy(path, to: destination, in: target, intoFolder: intoFolder, with: &transfer)
        }
        for (mark, heredoc) in zip(heredocs, step.heredocs) {
            let text = heredoc.isExpanded ? try words(stage).replace(heredoc.text) : heredoc.text
            _ = mark
            try write(
                Array(text.utf8), heredoc.name, to: destination, intoFolder, target, transfer.permissions ?? 0o644)
        }
        for url in urls {
            let bytes = try fetch(url, checksum: step.flag("checksum"))
            let name = url.prefix { $0 != "?" && $0 != "#" }.split(separator: "/").last.map(String.init) ?? "index"
            try write(bytes, name, to: destination, intoFolder, target, transfer.permissions ?? 0o600)
        }
        for name in transfer.skipped { say(.note("left out \(printable(name)), which is a device or a socket")) }
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

    /// Where a step takes its files from: the build's folder, another stage, or an image.
    func source(
        _ from: String?, for stage: Stage, place: borrowing BuildPlace
    ) throws(BuildError) -> BuildSource {
        guard let from else {
            guard let folder = request.folder else {
                let nothing = place.aside
                return try Self.open(nothing, IgnoreList(""), "this build, which was given no folder (- is none)")
            }
            return try Self.open(folder, IgnoreList(request.ignored), "the build's folder")
        }
        var draft: ImageDraft
        if let index = file.stage(from, before: stage.index) {
            guard let other = built[index] else { throw BuildError("stage \(from) has not been built") }
            draft = other.draft
        } else {
            guard Int(from) == nil else { throw BuildError("there is no stage \(from) before this one") }
            draft = ImageDraft(try find(from))
        }
        let folders = try explained { () throws(ImageError) in try images.folders(of: draft) }
        guard !folders.isEmpty else { return try Self.open(place.aside, IgnoreList(""), from) }
        let path = place.path
        let root = try explainedSystem { () throws(SystemCallError) in
            try JoinedLayers.open(folders, at: "\(path)/root")
        }
        return BuildSource(root: root, ignored: IgnoreList(""), name: from)
    }

    private static func open(
        _ folder: String, _ ignored: IgnoreList, _ name: String
    ) throws(BuildError) -> BuildSource {
        do throws(SystemCallError) {
            return BuildSource(
                root: try FileDescriptor.open(folder, flags: O_RDONLY | O_DIRECTORY), ignored: ignored, name: name)
        } catch { throw BuildError("\(error)") }
    }

    /// The user and group of `--chown`, looked up in the stage's files.
    private func owner(_ text: String?, in folders: [String]) throws(BuildError) -> (user: uid_t, group: gid_t) {
        guard let text else { return BuildTarget.imageRoot }
        do throws(ContainerError) { return try UserIDs.find(text, in: folders) } catch { throw BuildError("\(error)") }
    }
}
