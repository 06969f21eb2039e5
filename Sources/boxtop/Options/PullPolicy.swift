import ArgumentParser
import Containers
import Images
import Linux
import OCI
import Records

/// `--pull`: when an image is fetched from its registry before a container is made of it.
enum PullPolicy: String, ExpressibleByArgument, CaseIterable {
    case missing
    case always
    case never
}

/// What is done beside the making of a container.
struct Making {
    var pull = PullPolicy.missing
    /// This host's platform was asked for by name: what is here for another one is no obstacle.
    var namesPlatform = false
    /// Nothing is said of a download.
    var quiet = false
    /// A new file that gets the id.
    var idFile: String?

    /// Where nothing else was asked for.
    static let usual = Making()
}

extension Context {
    /// Makes a container; its image comes from its registry first, as `making` says.
    func create(_ new: NewContainer, in containers: Containers, _ making: Making) throws -> CreatedContainer {
        if let file = making.idFile, Files.exists(file) {
            throw Failure("--cidfile: there is a \(printable(file)) already: remove it, or name another", code: 125)
        }
        let created = try make(new, in: containers, making)
        guard let file = making.idFile else { return created }
        let id = created.record.id
        do { try Files.replace(file, with: id.utf8) } catch {
            created.release()
            try? containers.remove(id, volumes: true)
            throw error
        }
        return created
    }

    private func make(_ new: NewContainer, in containers: Containers, _ making: Making) throws -> CreatedContainer {
        guard case .image(let name) = new.source else { return try containers.createHeld(new) }
        if making.pull == .always { try fetch(name, quiet: making.quiet) }
        let obstacle: String
        do {
            return try containers.createHeld(new)
        } catch {
            // Looked for only after the refusal: a run of what is here pays nothing.
            switch (error.kind, making.pull) {
            case (.notFound, .missing) where isMissing(name): obstacle = "is not here"
            case (.unsupported, .missing), (.unsupported, .never):
                guard let platform = foreignPlatform(of: name) else { throw error }
                guard making.namesPlatform, making.pull == .missing else {
                    throw Failure("\(error): --pull always gets what its registry has for this one", code: 125)
                }
                obstacle = "is here for \(platform) alone"
            default: throw error
            }
        }
        if !making.quiet { Stream.error.say("boxtop: \(printable(name)) \(obstacle); pulling it") }
        try fetch(name, quiet: making.quiet)
        return try containers.createHeld(new)
    }

    private func isMissing(_ name: String) -> Bool {
        // A digest has no place to come from.
        guard !name.hasPrefix("sha256:"), (try? Reference(name)) != nil else { return false }
        do throws(ImageError) { _ = try images.resolve(name) } catch {
            if case .notFound = error { return true }
        }
        return false
    }

    /// The platform of the image here with this name, where this machine does not run it.
    private func foreignPlatform(of name: String) -> Platform? {
        do throws(ImageError) {
            let (image, wanted) = (try images.resolve(name), try Reference(name))
            // Found by its digest, it has no place to come from.
            guard image.reference?.familiarRepository == wanted.familiarRepository else { return nil }
            try image.requireHostPlatform()
        } catch {
            if case .wrongPlatform(_, let platform) = error { return platform }
        }
        return nil
    }

    private func fetch(_ name: String, quiet: Bool) throws {
        do throws(ImageError) {
            _ = try pull(
                PullRequest(try Reference(name)), RegistryOptions(environment: environment), quiet: quiet)
        } catch {
            throw Failure("\(error)", code: 125)
        }
    }
}
