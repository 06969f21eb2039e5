import CLinux
import Glibc
import Linux
import OCI
import Testing

@testable import Images

/// Images whose documents lie: of sizes, of digests, of what belongs to what.
@Suite struct HostileDocumentTests {
    /// Loads and unpacks the image of a layout whose manifest `change` has forged, digests above it set right again.
    private func take(_ change: (String, Image) -> String) throws -> (error: ImageError?, left: [String]) {
        let (one, two) = (try TestStore("a"), try TestStore())
        let layout = "\(one.path)/layout"
        try one.store.save(["a"], to: layout, as: .ociDirectory)
        let image = try one.store.resolve("a")
        let manifest = try #require(Files.text("\(layout)/blobs/sha256/\(image.digest.hex)"))
        let forged = Array(change(manifest, image).utf8)
        let digest = try SHA256.digest(of: forged)
        try Files.replace("\(layout)/blobs/sha256/\(digest.hex)", with: forged)
        let index = try #require(Files.text("\(layout)/index.json"))
            .replacing(image.digest.hex, with: digest.hex)
            .replacing("\"size\":\(manifest.utf8.count)", with: "\"size\":\(forged.count)")
        try Files.replace("\(layout)/index.json", with: index.utf8)
        var refusal: ImageError?
        do throws(ImageError) {
            for image in try two.store.load(layout) { _ = try two.store.unpack(image) }
        } catch { refusal = error }
        return (refusal, (try? Files.names(in: two.store.layers)) ?? [])
    }

    @Test func `the way of forging leaves an image that is taken`() throws {
        let taken = try take { manifest, _ in manifest }
        #expect(taken.error == nil && taken.left.count == 1)
    }

    @Test(arguments: [
        "-1", "0", "1", "9223372036854775807", "99999999999999999999999", "1e3", "\"7\"", "null", "{}",
    ])
    func `a size that is none, or another's, is refused`(size: String) throws {
        let taken = try take { manifest, image in
            manifest.replacing("\"size\":\(image.manifest.layers[0].size)", with: "\"size\":\(size)")
        }
        #expect(taken.error != nil && taken.left.isEmpty)
    }

    @Test(arguments: [
        "sha256:\\u001b[31m", "sha256:../../../../etc/passwd", "md5:00", "", "sha512:00",
        "sha256:0000000000000000000000000000000000000000000000000000000000000000",
    ])
    func `a digest that is none, or of nothing that is there, is refused`(digest: String) throws {
        let taken = try take { manifest, image in
            manifest.replacing(image.manifest.layers[0].digest.description, with: digest)
        }
        #expect(taken.error != nil && taken.left.isEmpty)
    }

    @Test
    func `layers that the configuration does not know, too few, doubled, and a layer as configuration are refused`()
        throws
    {
        let forgeries: [(String, Image) -> String] = [
            { manifest, image in
                let digest = image.manifest.layers[0].digest.description
                return manifest.replacing(image.manifest.config.digest.description, with: digest)
                    .replacing(
                        "\"size\":\(image.manifest.config.size)", with: "\"size\":\(image.manifest.layers[0].size)")
            },
            { manifest, _ in manifest.replacing("\"layers\":[", with: "\"layers\":[],\"more\":[") },
            { manifest, image in
                let layer = image.manifest.layers[0]
                let again =
                    "{\"mediaType\":\"\(layer.mediaType)\",\"digest\":\"\(layer.digest)\",\"size\":\(layer.size)},"
                return manifest.replacing("\"layers\":[", with: "\"layers\":[\(again)")
            },
            { manifest, _ in manifest.replacing("\"layers\":[", with: "\"layers\":[null,") },
        ]
        for (number, forge) in forgeries.enumerated() {
            let taken = try take(forge)
            #expect(taken.error != nil && taken.left.isEmpty, "\(number)")
        }
    }

    @Test func `a document that lies deep in itself is refused`() throws {
        let taken = try take { manifest, _ in
            let deep = String(repeating: "[", count: 50_000) + String(repeating: "]", count: 50_000)
            return manifest.replacing("\"layers\":", with: "\"deep\":\(deep),\"layers\":")
        }
        #expect(taken.error != nil && taken.left.isEmpty)
    }

    @Test(.enabled(if: isRoot, "file capabilities want root"))
    func `file capabilities and set-user-id bits come along, where nobody of this host can use them`() throws {
        // CAP_NET_RAW, effective: capabilities(7), version 2.
        let capability: [UInt8] = [1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        let layer = try ForgedLayer([
            .init(path: "ping", attributes: [("security.capability", capability)], permissions: 0o755),
            .init(path: "su", permissions: 0o6755),
            .init(path: "broken", attributes: [("user.mine", [1])], permissions: 0o755),
        ])
        #expect(layer.attribute("security.capability", of: "ping") != nil)
        #expect(layer.status("su").map { $0.st_mode & 0o7777 } == 0o6755)
        let store = try TestStore("a")
        _ = try store.store.unpack(try store.store.resolve("a"))
        var status = stat()
        #expect(stat(store.store.layers, &status) == 0 && status.st_mode & 0o777 == 0o700)
    }
}
