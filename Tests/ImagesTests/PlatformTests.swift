import JSON
import Linux
import OCI
import Testing

@testable import Images

/// Which of an index's images a machine gets.
@Suite struct PlatformTests {
    private static func platform(_ text: String) -> Platform {
        let parts = text.split(separator: "/").map(String.init)
        return Platform(architecture: parts[1], os: parts[0], variant: parts.count > 2 ? parts[2] : nil)
    }

    private static func index(_ platforms: String, _ digest: Digest, size: Int64 = 1) -> ImageIndex {
        ImageIndex(
            manifests: platforms.split(separator: " ").map {
                ContentDescriptor(
                    mediaType: MediaType.manifest, digest: digest, size: size, platform: platform(String($0)))
            })
    }

    @Test(arguments: [
        // A variant, or the next older one; never a newer one.
        ("linux/arm/v7", "linux/arm/v5 linux/arm/v6 linux/arm/v7", "linux/arm/v7"),
        ("linux/arm/v7", "linux/arm/v5 linux/arm/v6", "linux/arm/v6"),
        ("linux/arm/v6", "linux/arm/v7 linux/arm/v5", "linux/arm/v5"),
        ("linux/arm/v6", "linux/arm/v7", nil), ("linux/arm/v6", "linux/arm", nil),
        ("linux/arm", "linux/arm/v8 linux/arm/v7", "linux/arm/v7"),
        ("linux/amd64", "linux/amd64/v3 linux/amd64", "linux/amd64"), ("linux/amd64", "linux/amd64/v2", nil),
        ("linux/amd64/v3", "linux/amd64 linux/amd64/v2 linux/amd64/v4", "linux/amd64/v2"),
        // What says no variant is of the usual one.
        ("linux/arm64", "linux/arm64/v8", "linux/arm64/v8"), ("linux/arm64/v8", "linux/arm64", "linux/arm64"),
        ("linux/arm64", "linux/arm64/v9 linux/arm/v7", nil), ("linux/amd64/v1", "linux/amd64", "linux/amd64"),
        ("linux/amd64", "windows/amd64", nil), ("linux/mips", "linux/mips/r6", nil),
        ("linux/arm/v", "linux/arm/w", nil),
        // An index may say anything.
        ("linux/amd64", "linux/amd64/v-9223372036854775808", nil), ("linux/arm", "linux/arm/v-1", nil),
        ("linux/arm", "linux/arm/v99999999999999999999 linux/arm/v6", "linux/arm/v6"),
    ])
    func `a machine gets what is for it or its forerunners`(wanted: String, offered: String, chosen: String?) throws {
        let index = Self.index(offered, try SHA256.digest(of: []))
        #expect(index.choice(for: Self.platform(wanted))?.platform?.description == chosen)
    }

    @Test(.enabled(if: RegistryPlace.obstacle == nil, "needs docker-registry, openssl, apache2-utils"))
    func `a registry's image for a newer processor is refused, with what there is`() throws {
        let (place, one) = (try RegistryPlace(secure: false), try TestStore("a"))
        let reference = try Reference("\(place.host)/a:multi")
        let digest = try one.store.push("a", to: reference, options: place.options) { _ in }
        let index = Self.index("linux/arm/v7 linux/arm/v5", digest, size: one.store.size(of: digest))
        try Files.replace("\(place.folder)/index.json", with: try JSON.encode(index), durable: false)
        let sent = try run([
            "curl", "-sSf", "-X", "PUT", "-H", "Content-Type: \(MediaType.index)", "--data-binary",
            "@\(place.folder)/index.json", "http://\(place.host)/v2/a/manifests/multi",
        ])
        #expect(sent.status == 0, "\(sent.output)")
        func pull(_ platform: String, _ name: Reference) throws -> Image {
            var request = PullRequest(name)
            request.platform = Self.platform(platform)
            let two = try TestStore()
            return try withExtendedLifetime(two) { try two.store.pull(request, options: place.options) { _ in } }
        }
        #expect(try pull("linux/arm/v7", reference).digest == digest)
        #expect(try pull("linux/arm/v6", reference).digest == digest)
        let words = "\(reference) is not there for linux/arm/v4, but for linux/arm/v5, linux/arm/v7"
        #expect(throws: ImageError.registry(place.host, reason: words)) { try pull("linux/arm/v4", reference) }
        // An image that is in no index is asked, too.
        let single = try Reference("\(place.host)/a@\(digest)")
        #expect(try pull(Platform.host.description, single).digest == digest)
        #expect(throws: ImageError.self) { try pull("linux/pdp11", single) }
    }
}
