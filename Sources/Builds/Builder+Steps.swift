import Containers
import Glibc
import Images
import Linux
import OCI

extension Builder {
    /// Words of a step: variables are ENV's, then ARG's.
    func words(_ stage: Stage) -> Words {
        var values = stage.arguments
        for line in stage.process.env ?? [] {
            let (name, value) = Self.assignment(line)
            values[name] = value
        }
        return Words(escape: file.escape) { values[$0] }
    }

    /// Does one step.
    func perform(_ step: Containerfile.Instruction, on stage: inout Stage) throws(BuildError) {
        switch step.keyword {
        case "ARG": try declare(step, on: &stage)
        case "RUN": try run(step, on: &stage)
        case "COPY", "ADD": try copy(step, on: &stage)
        case "FROM": throw BuildError("FROM is not possible here")
        default:
            let change = try ConfigurationStep(step, words(stage), shell: stage.process.shell)
            stage.hasOwnCommand = change.apply(to: &stage.process, hasCommand: stage.hasOwnCommand)
            if step.keyword == "WORKDIR" { return try makeWorkdir(step, on: &stage) }
            stage.key = try key([stage.key, step.keyword, try words(stage).replace(step.shown)])
            note(step, layer: nil, on: &stage)
        }
    }

    static let predefined: Set<String> = [
        "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "FTP_PROXY", "ftp_proxy", "NO_PROXY", "no_proxy",
        "ALL_PROXY", "all_proxy",
    ]

    private func declare(_ step: Containerfile.Instruction, on stage: inout Stage) throws(BuildError) {
        let globals = globals
        for word in try words(stage).split(step.text) {
            let (name, value) = Self.assignment(word)
            guard !name.isEmpty else { throw BuildError("ARG wants NAME or NAME=VALUE") }
            if let value = request.arguments[name] ?? value ?? Self.platform[name] ?? globals[name] {
                stage.arguments[name] = value
            }
        }
        stage.key = try key(
            [stage.key, "ARG"] + stage.arguments.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
        note(step, layer: nil, on: &stage)
    }

    static let platform: [String: String] = {
        let host = Platform.host
        return [
            "TARGETPLATFORM": host.description, "TARGETOS": host.os, "TARGETARCH": host.architecture,
            "BUILDPLATFORM": host.description, "BUILDOS": host.os, "BUILDARCH": host.architecture,
        ]
    }()

    /// What a RUN sees of `--build-arg`: those declared, and proxies.
    func environment(_ stage: Stage) -> [String] {
        let proxies = request.arguments.filter { Self.predefined.contains($0.key) }
        let set = Set((stage.process.env ?? []).map { Self.assignment($0).name })
        return proxies.merging(stage.arguments) { $1 }.filter { !set.contains($0.key) }
            .sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    }

    /// Adds `layer` and a line of history.
    func note(_ step: Containerfile.Instruction, layer: NewLayer?, on stage: inout Stage) {
        if let layer { stage.draft.add(layer) }
        // A step that was done before was done then: the same build gives the same image.
        let isFixed = request.epoch != nil || stage.isAnew
        let time = isFixed ? created : cache.time(of: stage.key, orNow: created)
        stage.draft.configuration.created = time
        var line = ImageConfiguration.History(created: time, createdBy: step.shown)
        if layer == nil { line.emptyLayer = true }
        stage.draft.configuration.history = (stage.draft.configuration.history ?? []) + [line]
    }

    private func makeWorkdir(_ step: Containerfile.Instruction, on stage: inout Stage) throws(BuildError) {
        let path = stage.process.workingDir ?? "/"
        stage.key = try key([stage.key, "WORKDIR", path])
        if let layer = cached(stage) {
            say(.cached)
            return note(step, layer: layer, on: &stage)
        }
        let folders = try self.folders(stage)
        let place = try BuildPlace(containers.layout)
        let exists: Bool
        do {
            let target = try place.open(folders)
            exists = try explainedSystem { () throws(SystemCallError) in
                try SubordinateUsers.asRoot { () throws(SystemCallError) in
                    if target.isFolder(path) { return true }
                    _ = try target.folder(path)
                    return false
                }
            }
        }
        if exists { return note(step, layer: nil, on: &stage) }
        let layer = try keep(place, as: stage.key)
        note(step, layer: layer, on: &stage)
    }

    /// The layer that a step with the stage's key has made before.
    func cached(_ stage: Stage) -> NewLayer? { stage.isAnew ? nil : cache.layer(stage.key, in: images) }

    func folders(_ stage: Stage) throws(BuildError) -> [String] {
        let draft = stage.draft
        return try explained { () throws(ImageError) in try images.folders(of: draft) }
    }

    /// Makes what has been written to `place` a layer.
    func keep(_ place: borrowing BuildPlace, as key: String) throws(BuildError) -> NewLayer {
        let upper = place.upper
        let layer = try explained { () throws(ImageError) in
            try images.addLayer(of: upper, compression: request.compression, epoch: request.epoch)
        }
        cache.keep(layer, as: key)
        return layer
    }
}
