import Containers
import Glibc
import Images
import Linux
import OCI
import Records

extension Builder {
    /// RUN: in a container of the stage until now, whose changes become a layer.
    func run(_ step: Containerfile.Instruction, on stage: inout Stage) throws(BuildError) {
        let process = stage.process
        var command = Self.command(of: step, shell: process.shell)
        var mounts: [RunMount] = []
        for text in step.all("mount") { mounts.append(try RunMount(try words(stage).expand(text))) }
        let environment = environment(stage)
        var new = request.container
        new.source = .layers(try folders(stage), process.forRun, name: "build")
        new.network = try network(of: step)
        let place = try BuildPlace(containers.layout)
        // What is bound in counts by its content, as what COPY copies does.
        var contents = new.extraHosts.map { "\($0.name):\($0.address)" }
        if let script = Self.script(of: step) {
            command = [try addScript(script, to: &new, place: place)]
            contents.append(script.text)
        }
        for mount in mounts {
            if let content = try apply(mount, to: &new, place: place, stage: stage) { contents.append(content) }
        }
        if let word = new.network.lacking { contents.append("network=\(word)") }
        stage.key = try key([stage.key, "RUN"] + command + step.all("mount") + contents + ["--"] + environment)
        if let layer = cached(stage) {
            say(.cached)
            return note(step, layer: layer, on: &stage)
        }
        new.entrypoint = []
        new.command = command
        // What secrets have put there comes last: it counts.
        new.environment = environment + new.environment
        new.health = .none
        new.builder = .current
        let lock = try lockCaches(mounts, of: new)
        defer { withExtendedLifetime(lock) {} }
        let layer = try run(new, as: step.shown)
        cache.keep(layer, as: stage.key)
        note(step, layer: layer, on: &stage)
    }

    /// The host's own network is for who builds to give, not for a Containerfile or an image's ONBUILD to take.
    private func network(of step: Containerfile.Instruction) throws(BuildError) -> Network {
        switch step.flag("network") ?? "default" {
        case "default": return request.container.network
        case "none": return .none
        case "host":
            guard request.allowsHostNetwork || request.container.network == .host else {
                throw BuildError(
                    "RUN --network=host would have this host's own network: allow it with --allow network.host, where "
                        + "you trust the Containerfile and its images")
            }
            return .host
        case let other: throw BuildError("--network=\(other) is not known: default, none or host")
        }
    }

    /// Removes what builds that were killed have left running: containers of a RUN whose build is no more.
    ///
    /// - Parameter own: a build that lives and has given up.
    package static func sweep(_ containers: Containers, andOf own: ProcessIdentity? = nil) {
        let files = StateFiles(containers.layout)
        for id in files.ids() {
            guard let builder = (try? files.record(of: id))?.builder, builder == own || !builder.isAlive else {
                continue
            }
            try? containers.remove(id, force: true, volumes: true)
        }
    }

    /// A list as it is; a text, or a heredoc, for the shell.
    private static func command(of step: Containerfile.Instruction, shell: [String]?) -> [String] {
        let shell = shell ?? ["/bin/sh", "-c"]
        guard !step.heredocs.isEmpty else { return ConfigurationStep.command(step.text, shell) }
        if let only = onlyHeredoc(of: step) { return shell + [only.text] }
        return shell + [step.text + "\n" + step.heredocs.map { "\($0.text)\($0.name)\n" }.joined()]
    }

    /// The heredoc that is all of `step`, as in `RUN <<EOF`.
    private static func onlyHeredoc(of step: Containerfile.Instruction) -> Containerfile.Heredoc? {
        guard let first = step.heredocs.first else { return nil }
        let marks = ["<<\(first.name)", "<<-\(first.name)", "<<\"\(first.name)\"", "<<'\(first.name)'"]
        return marks.contains(step.text) ? first : nil
    }

    /// A heredoc that is all of `step`, and names in its first line what runs it.
    private static func script(of step: Containerfile.Instruction) -> Containerfile.Heredoc? {
        onlyHeredoc(of: step).flatMap { $0.text.hasPrefix("#!") ? $0 : nil }
    }

    /// Gives the container of a RUN a program; its path there, which is BuildKit's, and in no layer.
    private func addScript(
        _ script: Containerfile.Heredoc, to new: inout NewContainer, place: borrowing BuildPlace
    ) throws(BuildError) -> String {
        let (file, path) = ("\(place.aside)/script", "/dev/pipes/\(script.name)")
        try explainedSystem { () throws(SystemCallError) in
            try Files.replace(file, with: script.text.utf8, durable: false)
            // Whatever this process's umask leaves out: the step may have another user.
            try systemCall("change the mode of", file) { chmod(file, 0o755) }
        }
        new.volumes.append(VolumeRequest(.path(file, create: false), at: path, readOnly: true))
        return path
    }

    private func run(_ new: NewContainer, as text: String) throws(BuildError) -> NewLayer {
        let created: CreatedContainer
        do throws(ContainerError) { created = try containers.createHeld(new) } catch { throw BuildError("\(error)") }
        let record = created.record
        defer { try? containers.remove(record.id, force: true, volumes: true) }
        let code: Int32
        do {
            var started = try containers.start(created, attach: true)
            guard let socket = started.client.take() else { throw BuildError("\(text) cannot be listened to") }
            code = try listen(to: AttachedStream(socket: socket))
        } catch let error as BuildError { throw error } catch { throw BuildError("\(error)") }
        guard code == 0 else { throw BuildError("\(text): it ended with \(code)", status: code) }
        guard case .layers(_, let upper, _) = record.rootfs else { throw BuildError("\(text) has no layer") }
        return try explained { () throws(ImageError) in
            let out = try containers.madeForMounts(record)
            return try images.addLayer(of: upper, compression: request.compression, epoch: request.epoch) {
                out.contains($0)
            }
        }
    }

    /// Passes on what the program writes until it ends; its exit code.
    private func listen(to stream: consuming AttachedStream) throws -> Int32 {
        while true {
            guard let message = try stream.next() else { throw BuildError("the container's supervisor has gone") }
            switch message {
            case .output(let bytes): say(.output(bytes, isError: false))
            case .error(let bytes): say(.output(bytes, isError: true))
            case .notice(let text): say(.note(text))
            case .exited(let exit): return exit.code
            }
        }
    }
}

extension Network {
    /// Of a network that others are not reached in as usual, its word: what is fetched there, or not, is another layer's.
    fileprivate var lacking: String? {
        switch self {
        case .none: "none"
        case .host: "host"
        case .container(let name): "container:\(name)"
        case .bridges, .user: nil
        }
    }
}

extension ImageConfiguration.Process {
    /// Without a volume of its own, which would keep what is written there out of the layer.
    fileprivate var forRun: Self {
        var plain = self
        (plain.volumes, plain.healthcheck) = (nil, nil)
        return plain
    }
}
