import Containers
import Glibc
import Images
import Linux
import OCI
import Records

/// Builds an image from a Containerfile: stage by stage, those alone that the wanted one needs.
package final class Builder {
    let containers: Containers
    let images: ImageStore
    let request: BuildRequest
    let file: Containerfile
    let cache: BuildCache
    let say: (BuildEvent) -> Void
    /// Gets an image that is not here.
    let fetch: (PullRequest) throws(ImageError) -> Image
    /// Images of FROM come from their registries even if they are here.
    package var asksRegistries = false
    /// Stages that have been built, by number.
    var built: [Int: Stage] = [:]
    private var stepNumber = 0
    private var stepCount = 0

    /// One that is being built, or has been.
    struct Stage {
        let index: Int
        var draft: ImageDraft
        /// What all steps until now come down to.
        var key: String
        /// ARG, declared until now.
        var arguments: [String: String] = [:]
        /// Nothing that earlier builds have left is used.
        var isAnew = false
        /// CMD was given in this stage, or by what its base image has for it: an ENTRYPOINT after it leaves it.
        var hasOwnCommand = false
        var process: ImageConfiguration.Process {
            get { draft.configuration.config ?? .init() }
            set { draft.configuration.config = newValue }
        }
    }

    package init(
        _ request: BuildRequest, containers: Containers, images: ImageStore,
        fetch: @escaping (PullRequest) throws(ImageError) -> Image, say: @escaping (BuildEvent) -> Void
    ) throws(BuildError) {
        file = try Containerfile(request.text)
        self.request = request
        self.containers = containers
        self.images = images
        self.fetch = fetch
        self.say = say
        cache = images.buildCache
    }

    /// The image that the wanted stage comes to.
    package func build() throws(BuildError) -> Image {
        let held = try explained { () throws(ImageError) in try images.hold() }
        defer { _ = held.number }
        var stage = try buildStages()
        if request.epoch != nil || stage.draft.configuration.created == nil {
            stage.draft.configuration.created = created
        }
        if !request.labels.isEmpty {
            stage.process.labels = (stage.process.labels ?? [:]).merging(request.labels) { $1 }
        }
        stage.draft.annotations = request.annotations
        let draft = stage.draft
        return try explained { () throws(ImageError) in try images.finish(draft, names: request.names) }
    }

    /// Does the steps for whoever builds next: there is no image of them.
    package func fillCache() throws(BuildError) {
        let held = try explained { () throws(ImageError) in try images.hold() }
        defer { _ = held.number }
        _ = try buildStages()
    }

    /// Throws where the wanted stage has steps that could not be done, whatever is in the folder; does none.
    package func check() throws(BuildError) {
        _ = try checked()
    }

    /// The stages that the wanted one needs, itself the last, of which all can be done.
    private func checked() throws(BuildError) -> [Int] {
        let needed = try stages(for: wanted())
        for step in needed.flatMap({ file.stages[$0].steps }) { try StepFlags.checkDone(step) }
        return needed
    }

    /// Builds the wanted stage, and what it is made from. Hold the store.
    private func buildStages() throws(BuildError) -> Stage {
        for name in unused { say(.note("--build-arg \(name) is not used: no ARG declares it")) }
        // Before the first of them is done, which may take long.
        let needed = try checked()
        stepCount = needed.reduce(0) { $0 + 1 + file.stages[$1].steps.count }
        for index in needed { built[index] = try build(index) }
        guard let stage = needed.last.flatMap({ built[$0] }) else { throw BuildError("nothing was built") }
        return stage
    }

    var created: String {
        (request.epoch.map { Timestamp(nanoseconds: UInt64(max(0, $0)) * 1_000_000_000) } ?? .now).description
    }

    private func wanted() throws(BuildError) -> Int {
        guard let name = request.target else { return file.stages.count - 1 }
        guard let index = file.stage(name, before: file.stages.count) else {
            throw BuildError("there is no stage \(name)")
        }
        return index
    }

    /// Stage `target` and those that it is made from, in the order in which they are built.
    private func stages(for target: Int) throws(BuildError) -> [Int] {
        var needed: Set<Int> = []
        var left = [target]
        while let index = left.popLast() {
            guard needed.insert(index).inserted else { continue }
            let stage = file.stages[index]
            let base = try globalWords.expand(stage.base)
            if let below = stageNamed(base, before: index), Int(base) == nil { left.append(below) }
            for step in stage.steps {
                let mounts = step.all("mount").compactMap { (try? RunMount.fields($0))?["from"] }
                for name in mounts + [step.flag("from")].compactMap(\.self) {
                    if let other = stageNamed(name, before: index) { left.append(other) }
                }
            }
        }
        return needed.sorted()
    }

    /// The stage that `name` means, unless `--build-context` has given the name to something else.
    private func stageNamed(_ name: String, before limit: Int) -> Int? {
        request.contexts[name] == nil ? file.stage(name, before: limit) : nil
    }

    /// Variables of ARG before the first FROM.
    var globals: [String: String] {
        var values: [String: String] = [:]
        for instruction in file.globals {
            let words = Words(escape: file.escape) { values[$0] ?? Self.platform[$0] }
            for word in (try? words.split(instruction.text)) ?? [] {
                let (name, value) = Self.assignment(word)
                if let value = request.arguments[name] ?? value { values[name] = value }
            }
        }
        return values
    }

    var globalWords: Words {
        let globals = globals
        return Words(escape: file.escape) { globals[$0] ?? Self.platform[$0] }
    }

    static func assignment(_ word: String) -> (name: String, value: String?) {
        guard let equals = word.firstIndex(of: "=") else { return (word, nil) }
        return (String(word[..<equals]), String(word[word.index(after: equals)...]))
    }

    private func build(_ index: Int) throws(BuildError) -> Stage {
        let source = file.stages[index]
        announce(source.from, in: source)
        var stage: Stage
        do { stage = try begin(index, source) } catch { throw error.at(source.from.line) }
        let names = [source.name, String(index)].compactMap(\.self)
        if request.ignoresCache || !request.stagesAnew.isDisjoint(with: names) { stage.isAnew = true }
        for text in stage.process.onBuild ?? [] {
            stage.process.onBuild = nil
            try perform(onBuild: text, on: &stage, at: source.from.line)
        }
        stage.process.onBuild = nil
        for step in source.steps {
            announce(step, in: source)
            do { try perform(step, on: &stage) } catch { throw error.at(step.line) }
        }
        return stage
    }

    /// Does what an image has for those that are made from it.
    private func perform(onBuild text: String, on stage: inout Stage, at line: Int) throws(BuildError) {
        do throws(BuildError) {
            for step in try Containerfile("FROM x\n\(text)").stages[0].steps {
                try StepFlags.checkDone(step)
                try perform(step, on: &stage)
            }
        } catch {
            // No line of this file but FROM.
            throw BuildError(line: line, "ONBUILD \(text): \(error.reason)", status: error.status)
        }
    }

    private func announce(_ step: Containerfile.Instruction, in stage: Containerfile.Stage) {
        stepNumber += 1
        say(.step(number: stepNumber, of: stepCount, stage: stage.name, text: step.shown))
    }

    private func begin(_ index: Int, _ source: Containerfile.Stage) throws(BuildError) -> Stage {
        let name = try globalWords.expand(source.base)
        guard !name.isEmpty else { throw BuildError("FROM \(source.base) names nothing: an ARG has no value") }
        if name == "scratch" {
            return Stage(index: index, draft: ImageDraft(nil), key: try key(["scratch"]))
        }
        if let below = stageNamed(name, before: index), Int(name) == nil, let stage = built[below] {
            // What is built on what was made anew is made anew: its key says what was done, not what came of it.
            return Stage(
                index: index, draft: stage.draft, key: stage.key, arguments: stage.arguments, isAnew: stage.isAnew)
        }
        if case .folder? = request.contexts[name] {
            throw BuildError("FROM \(name): --build-context says that it is a folder, and FROM wants an image")
        }
        let image = try find(name, platform: try source.platform.map(platform))
        return Stage(index: index, draft: ImageDraft(image), key: try key(["from", image.digest.description]))
    }

    func key(_ parts: [String]) throws(BuildError) -> String {
        try explained { () throws(ImageError) in try BuildCache.key(parts) }
    }

    /// The result of `body`, an image's failure as this room's.
    func explained<R: ~Copyable>(_ body: () throws(ImageError) -> R) throws(BuildError) -> R {
        do throws(ImageError) { return try body() } catch { throw BuildError("\(error)") }
    }

    func explainedSystem<R: ~Copyable>(_ body: () throws(SystemCallError) -> R) throws(BuildError) -> R {
        do throws(SystemCallError) { return try body() } catch { throw BuildError("\(error)") }
    }
}
