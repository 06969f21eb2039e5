import ArgumentParser
import Containers
import Images
import Records

/// `--pull`: when an image is fetched from its registry before a container is made of it.
enum PullPolicy: String, ExpressibleByArgument, CaseIterable {
    case missing
    case always
    case never
}

extension Context {
    /// Makes a container; its image comes from its registry first, as `policy` says.
    func create(_ new: NewContainer, in containers: Containers, pull policy: PullPolicy) throws -> ContainerRecord {
        guard case .image(let name) = new.source else { return try containers.create(new) }
        if policy == .always { try fetch(name) }
        do {
            return try containers.create(new)
        } catch {
            // Looked for only after the refusal: a run of what is here pays nothing.
            guard policy == .missing, error.kind == .notFound, isMissing(name) else { throw error }
        }
        Stream.error.say("boxtop: \(printable(name)) is not here; pulling it")
        try fetch(name)
        return try containers.create(new)
    }

    private func isMissing(_ name: String) -> Bool {
        // A digest has no place to come from.
        guard !name.hasPrefix("sha256:"), (try? Reference(name)) != nil else { return false }
        do throws(ImageError) { _ = try images.resolve(name) } catch {
            if case .notFound = error { return true }
        }
        return false
    }

    private func fetch(_ name: String) throws {
        do throws(ImageError) {
            _ = try pull(
                PullRequest(try Reference(name)), RegistryOptions(environment: environment), quiet: false)
        } catch {
            throw Failure("\(error)", code: 125)
        }
    }
}
