import JSON
import OCI

extension RegistryOptions {
    /// The tags of the repository that `reference` names, in the registry's order.
    package func tags(of reference: Reference) throws(ImageError) -> [String] {
        let client = try RegistryClient(
            registry: reference.registry, repository: reference.repository,
            scopes: ["repository:\(reference.repository):pull"], options: self, onWait: {})
        return try client.tags()
    }
}

extension RegistryClient {
    private struct Page: Decodable { var tags: [String]? }

    /// Distribution specification, "Listing Tags": page by page, each naming the next one in its `Link` header.
    fileprivate func tags() throws(ImageError) -> [String] {
        var (found, next) = ([String](), String?.some(url("tags/list")))
        // A registry that always knows of one page more is not asked for ever.
        for _ in 0..<1_000 {
            guard let page = next else { break }
            let answer = try send(HTTPRequest(.get, page))
            if answer.status == 404 { throw .registry(registry, reason: "there is no \(repository)") }
            guard answer.status == 200, let read = try? JSON.decode(Page.self, from: answer.body) else {
                throw error(of: answer, doing: "list the tags of \(repository)")
            }
            found += read.tags ?? []
            let following = answer["Link"].flatMap(Self.nextPage)
            next = following.map { $0.hasPrefix("/") ? "\(address)\($0)" : $0 }
        }
        return found
    }

    /// The address in `</v2/a/tags/list?last=b&n=9>; rel="next"`: RFC 8288.
    static func nextPage(_ link: String) -> String? {
        guard link.contains("rel=\"next\"") || link.contains("rel=next"), let start = link.firstIndex(of: "<"),
            let end = link[start...].firstIndex(of: ">")
        else { return nil }
        return String(link[link.index(after: start)..<end])
    }
}
