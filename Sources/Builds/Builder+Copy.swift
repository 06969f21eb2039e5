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
        let change = try step.flag("chmod").map { text throws(BuildError) in try ModeChange(words.expand(text)) }
        let owner = try step.flag("chown").map { text throws(BuildError) in
            try self.owner(words.expand(text), in: folders)
        }
        let place = try BuildPlace(containers.layout)
        do {
            var target = try place.open(folders)
            if let owner { target.owner = owner }
            let fetched = try fetch(paths, step, stage)
            try SubordinateUsers.asRoot { () throws(BuildError) in
                try lay(paths, fetched, to: last, step, stage, place, target, change)
            }
        }
        let upper = place.upper
        let digest = try explained { () throws(ImageError) in try images.contentDigest(of: upper) }
        stage.key = try key([stage.key, "COPY", digest.description])
        if let layer = cached(stage) {
            say(.cached)
            return note(step, layer: layer, on: &stage)
        }
        note(step, layer: try keep(place, as: stage.key), on: &stage)
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
            return try Self.open(folder, request.ignored, "the build's folder")
        }
        var draft: ImageDraft
        if let context = request.contexts[from] {
            switch context {
            case .folder(let path, let ignored): return try Self.open(path, ignored, "the folder of \(from)")
            case .image(let name): draft = ImageDraft(try find(name))
            }
        } else if let index = file.stage(from, before: stage.index) {
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
        return BuildSource(root: root, ignored: IgnoreList(""), keepsOwners: true, name: from)
    }

    private static func open(
        _ folder: String, _ ignored: IgnoreList, _ name: String
    ) throws(BuildError) -> BuildSource {
        do throws(SystemCallError) {
            return BuildSource(
                root: try FileDescriptor.open(folder, flags: O_RDONLY | O_DIRECTORY), ignored: ignored,
                keepsOwners: false, name: name)
        } catch { throw BuildError("\(error)") }
    }

    /// The user and group of `--chown`, looked up in the stage's files.
    private func owner(_ text: String, in folders: [String]) throws(BuildError) -> (user: uid_t, group: gid_t) {
        do throws(ContainerError) {
            return try SubordinateUsers.asRoot { () throws(ContainerError) in
                try UserIDs.find(text, in: folders)
            }
        } catch { throw BuildError("\(error)") }
    }
}
