/// A registry as people type it.
package enum RegistryName {
    /// `host:5000` of `https://host:5000/`, `host:5000/v2/` and `host:5000`; `docker.io` of its older names.
    package static func read(_ text: String) throws(ImageError) -> String {
        var name = text[...]
        for scheme in ["https://", "http://"] where name.hasPrefix(scheme) { name = name.dropFirst(scheme.count) }
        while name.hasSuffix("/") { name = name.dropLast() }
        for version in ["/v1", "/v2"] where name.hasSuffix(version) { name = name.dropLast(version.count) }
        if ["docker.io", "index.docker.io", "registry-1.docker.io"].contains(name) { return Reference.defaultRegistry }
        guard !name.contains("/"), let reference = try? Reference("\(name)/a"), reference.registry == name else {
            throw .badRegistry(text)
        }
        return reference.registry
    }
}
