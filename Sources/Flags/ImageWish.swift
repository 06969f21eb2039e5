import Images
import OCI
import Records

/// An image as a filter names it: by a name, or by its digest or the first digits of that, at least four.
package struct ImageWish: Hashable, Sendable {
    private let text: String
    /// With registry and tag, unless a digest says more.
    private let name: String?
    /// The first digits of the digest.
    private let digits: String?
    /// The digest of the image that has the name now, `sha256:…`.
    private var digest: String?

    package init(_ text: String) {
        let reference = try? Reference(text)
        self.text = text
        name = reference?.digest == nil ? reference?.canonical : nil
        let digits = reference?.digest?.hex ?? String(text.hasPrefix("sha256:") ? text.dropFirst(7) : text[...])
        self.digits = digits.utf8.count >= 4 ? digits : nil
    }

    /// Looks up, by `digest`, which image that is here is meant; `nil`: none is.
    package mutating func resolve(_ digest: (String) -> String?) { self.digest = digest(text) }

    /// Whether the container was made from the image.
    package func isMet(by record: ContainerRecord) -> Bool {
        if record.image == text || digest != nil && record.imageDigest == digest { return true }
        if let name, let image = try? Reference(record.image), image.canonical == name { return true }
        guard let digits, let digest = record.imageDigest.flatMap({ Digest($0) }) else { return false }
        return digest.hex.hasPrefix(digits)
    }
}
