import OCI

/// One place that an image may come from: its registry, or another that registries.conf names for it.
struct PullSource: Hashable {
    var registry: String
    var repository: String
    var insecure = false
    /// Not where the image's name says: what lets somebody into that registry is not for this one.
    var isMirror = false

    /// `host:5000/team/web`.
    fileprivate init?(_ place: String, insecure: Bool, isMirror: Bool) {
        guard let slash = place.firstIndex(of: "/"), slash != place.startIndex else { return nil }
        registry = String(place[..<slash])
        repository = String(place[place.index(after: slash)...])
        (self.insecure, self.isMirror) = (insecure, isMirror)
        if repository.isEmpty { return nil }
    }

    init(_ reference: Reference) { (registry, repository) = (reference.registry, reference.repository) }

    /// `options` as this place wants them.
    func options(from options: RegistryOptions) -> RegistryOptions {
        var options = options
        if insecure { options.insecure = true }
        if isMirror { options.credentials = nil }
        return options
    }
}

extension RegistriesConfiguration {
    /// Where `reference` is to be looked for, in order: mirrors, then the place itself.
    func sources(of reference: Reference) -> [PullSource] {
        guard let entry = entry(for: reference.registry, reference.repository), !entry.blocked else {
            return [PullSource(reference)]
        }
        let isPattern = entry.name.hasPrefix("*.")
        let name = "\(reference.registry)/\(reference.repository)"
        let rest = isPattern ? "/\(reference.repository)" : String(name.dropFirst(entry.name.count))
        var own = PullSource(reference)
        if !isPattern, !entry.location.isEmpty, entry.location != entry.name {
            own = PullSource(entry.location + rest, insecure: false, isMirror: true) ?? own
        }
        own.insecure = entry.insecure
        let mirrors = entry.mirrors.filter { $0.serves(byDigest: reference.digest != nil) }
        return mirrors.compactMap { PullSource($0.location + rest, insecure: $0.insecure, isMirror: true) } + [own]
    }
}

extension RegistriesConfiguration.Mirror {
    fileprivate func serves(byDigest: Bool) -> Bool {
        switch use {
        case "digest-only": byDigest
        case "tag-only": !byDigest
        default: true
        }
    }
}
