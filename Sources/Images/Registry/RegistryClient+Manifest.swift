import JSON
import OCI

/// A manifest or an index as a registry has it, to the byte.
package struct RegistryDocument: Sendable {
    package var bytes: [UInt8]
    package var mediaType: String
    package var digest: Digest
}

extension RegistryOptions {
    /// The manifest or index that a registry has of `reference`, without anything that it leads to.
    package func document(of reference: Reference) throws(ImageError) -> RegistryDocument {
        try find(reference, onWait: {}).document
    }

    /// The first place that has the image, and its manifest or index.
    func find(
        _ reference: Reference, onWait: @escaping () -> Void
    ) throws(ImageError) -> (client: RegistryClient, document: RegistryDocument) {
        let wanted = reference.digest?.description ?? reference.tag ?? "latest"
        var sources = try RegistriesConfiguration(environment: environment).sources(of: reference)[...]
        while true {
            let source = sources.popFirst() ?? PullSource(reference)
            do throws(ImageError) {
                let client = try RegistryClient(
                    registry: source.registry, repository: source.repository,
                    scopes: ["repository:\(source.repository):pull"], options: source.options(from: self),
                    onWait: onWait)
                return (client, try client.manifest(wanted, promised: reference.digest, size: nil))
            } catch {
                // Whatever is wrong with a mirror, the next place may have it.
                if sources.isEmpty { throw error }
            }
        }
    }
}

extension RegistryClient {
    private static let accepted = [
        MediaType.manifest, MediaType.dockerManifest, MediaType.index, MediaType.dockerIndex,
    ]

    /// Gets the manifest or index that `wanted`, a tag or a digest, means.
    func manifest(_ wanted: String, promised: Digest?, size: Int64?) throws(ImageError) -> RegistryDocument {
        var request = HTTPRequest(.get, url("manifests/\(wanted)"))
        request.headers = [("Accept", Self.accepted.joined(separator: ", "))]
        request.sink = .memory(limit: ImageStore.documentLimit)
        let answer = try send(request)
        let what = "\(repository)\(promised == nil ? ":" : "@")\(wanted)"
        guard answer.status == 200 else {
            if answer.status == 404 { throw .registry(registry, reason: "there is no \(what)") }
            if answer.status == 401 || answer.status == 403 { throw .hidden(what, registry, given: isNamed) }
            throw error(of: answer, doing: "get \(what)")
        }
        if let size, Int64(answer.body.count) != size {
            throw .damaged(what, reason: "it has \(answer.body.count) bytes, not \(size)")
        }
        let digest = try SHA256.digest(of: answer.body)
        let promised = promised ?? answer["Docker-Content-Digest"].flatMap { Digest($0) }
        if let promised, promised != digest { throw .wrongDigest(what, expected: promised, found: digest) }
        return RegistryDocument(
            bytes: answer.body, mediaType: try Self.mediaType(of: answer, named: what), digest: digest)
    }

    private struct Kind: Decodable {
        var mediaType: String?
        var schemaVersion: Int?
        var manifests: [ContentDescriptor]?
    }

    /// What the document says that it is; else what its header says.
    private static func mediaType(of answer: HTTPAnswer, named what: String) throws(ImageError) -> String {
        let kind: Kind
        do { kind = try JSON.decode(Kind.self, from: answer.body) } catch {
            throw .damaged(what, reason: error.description)
        }
        let header = answer["Content-Type"]?.split(separator: ";").first.map { $0.filter { $0 != " " } }
        let said = kind.mediaType ?? header
        if let said, accepted.contains(said) { return said }
        guard kind.schemaVersion == 2 else {
            throw .damaged(what, reason: "it is of docker's first format, which nobody makes any more")
        }
        return kind.manifests == nil ? MediaType.manifest : MediaType.index
    }
}
