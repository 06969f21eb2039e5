import CLinux
import Glibc
import Linux
import OCI
import Testing

@testable import Images

/// Unpacked layers: how each gets there once, and what gets none.
@Suite struct StoreLayerTests {
    @Test func `a layer that comes again is joined once, where it comes last`() throws {
        let test = try TestStore("a")
        try test.pack("b", label: "other", ["true", "false"])
        var draft = ImageDraft(try test.store.resolve("a"))
        let (a, b) = (draft, ImageDraft(try test.store.resolve("b")))
        for other in [b, a, a] {
            draft.add(NewLayer(descriptor: other.layers[0], diffID: other.configuration.rootfs.diffIDs[0]))
        }
        let expected = [a, b].map { test.store.layerPath($0.configuration.rootfs.diffIDs[0]) }
        #expect(try test.store.folders(of: draft) == expected)
        let image = try test.store.finish(draft, names: [])
        #expect(image.manifest.layers.count == 4)
        #expect(try test.store.unpack(image) == expected)
    }

    @Test func `what a killed process left half-made is replaced, and pruned`() throws {
        let test = try TestStore("a")
        let image = try test.store.resolve("a")
        let diffID = image.configuration.rootfs.diffIDs[0]
        let partial = "\(test.store.layers)/.\(diffID.hex).partial"
        try Files.makeDirectories("\(partial)/usr/bin")
        try Files.replace("\(partial)/usr/bin/junk", with: [1])
        let layers = try test.store.unpack(image)
        #expect(!Files.exists("\(layers[0])/usr/bin/junk"))
        #expect(!Files.exists(partial))
        try Files.makeDirectories("\(test.store.layers)/.\(String(repeating: "0", count: 64)).partial")
        try Files.replace("\(test.store.ingest)/123-456", with: [1, 2, 3])
        #expect(try test.store.prune().layers == 1)
        #expect(try Files.names(in: test.store.ingest).isEmpty)
        #expect(Files.exists(layers[0]))
    }

    @Test func `a layer that is not what the configuration promises is refused`() throws {
        let test = try TestStore("a")
        let image = try test.store.resolve("a")
        var configuration = image.configuration
        configuration.rootfs.diffIDs = [try SHA256.digest(of: [1])]
        _ = try test.store.putImage(configuration, layers: image.manifest.layers, reference: try Reference("forged"))
        let error = #expect(throws: ImageError.self) { try test.store.unpack(try test.store.resolve("forged")) }
        guard case .wrongDigest = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        configuration.rootfs.diffIDs = []
        _ = try test.store.putImage(configuration, layers: image.manifest.layers, reference: try Reference("short"))
        #expect(throws: ImageError.self) { try test.store.unpack(try test.store.resolve("short")) }
    }

    @Test func `an image that names another's layer gets nothing of it, and verify finds that`() throws {
        let test = try TestStore("private")
        let image = try test.store.resolve("private")
        _ = try test.store.unpack(image)
        let junk = try test.store.put(Array("no layer".utf8), mediaType: MediaType.layer)
        _ = try test.store.putImage(image.configuration, layers: [junk], reference: try Reference("thief"))
        for _ in 0..<2 {
            let error = #expect(throws: ImageError.self) { try test.store.unpack(try test.store.resolve("thief")) }
            guard case .wrongDigest = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
        #expect(try test.store.verify(["private"]).problems.isEmpty)
        #expect(try test.store.verify().problems.count == 1)
    }

    @Test func `a layer that is here by another blob is read through once, and then known`() throws {
        let test = try TestStore("a")
        let image = try test.store.resolve("a")
        let folders = try test.store.unpack(image)
        let blob = try NewBlob(in: test.store)
        let writer = try ArchiveWriter(blob.file, named: "other", kind: .raw, compression: .gzip)
        try writer.write(try Files.read(test.store.path(of: image.manifest.layers[0].digest)))
        let sums = try writer.finish()
        try blob.commit(as: sums.compressed, in: test.store)
        let layer = ContentDescriptor(
            mediaType: MediaType.gzipLayer, digest: sums.compressed, size: sums.compressedSize)
        _ = try test.store.putImage(image.configuration, layers: [layer], reference: try Reference("b"))
        let other = try test.store.resolve("b")
        #expect(try test.store.unpack(other) == folders)
        unlink(test.store.path(of: layer.digest))
        #expect(try test.store.unpack(other) == folders)
        _ = try test.store.remove("b")
        #expect(try Files.names(in: test.store.verified) == [image.manifest.layers[0].digest.hex])
    }

    @Test func `a layer that was made here is unpacked again, however much it grows`() throws {
        let test = try TestStore()
        let folder = "\(test.path)/upper"
        try Files.makeDirectories(folder)
        try Files.replace("\(folder)/disk.img", with: [], durable: false)
        #expect(truncate("\(folder)/disk.img", 64 << 20) == 0)
        var request = CommitRequest()
        request.compression = .zstd
        let image = try test.store.commit(folder: folder, on: nil, request: request) { _ in false }
        var limits = LayerLimits()
        limits.growthFloor = 1 << 20
        let layer = try #require(try test.store.unpack(image, limits: limits).first)
        var status = stat()
        #expect(stat("\(layer)/disk.img", &status) == 0 && status.st_size == 64 << 20)
    }

    /// Names the image `big`, one layer of 64 MiB of zeros that the store has not seen whole; its digest uncompressed.
    private func putZeros(_ compression: Compression, in store: ImageStore) throws -> Digest {
        let blob = try NewBlob(in: store)
        let archive = try ArchiveWriter(blob.file, named: "zeros", compression: compression)
        try archive.begin(Array("zeros".utf8), type: S_IFREG, permissions: 0o644, size: 64 << 20, seconds: 0)
        let zeros = [UInt8](repeating: 0, count: 1 << 20)
        for _ in 0..<64 { try archive.write(zeros) }
        let sums = try archive.finish()
        try blob.commit(as: sums.compressed, in: store)
        let layer = ContentDescriptor(
            mediaType: compression.mediaType, digest: sums.compressed, size: sums.compressedSize)
        _ = try store.putImage(
            ImageConfiguration(platform: .host, config: nil, layers: [sums.plain]), layers: [layer],
            reference: try Reference("big"))
        return sums.plain
    }

    @Test(arguments: [false, true])
    func `an archive that blows up is stopped early`(isUnpacked: Bool) throws {
        let test = try TestStore()
        _ = try test.store.lock(.adding)
        let plain = try putZeros(.zstd, in: test.store)
        if isUnpacked { try Files.makeDirectories(test.store.layerPath(plain)) }
        var limits = LayerLimits()
        limits.growthFloor = 1 << 20
        #expect(throws: ImageError.self) { try test.store.unpack(try test.store.resolve("big"), limits: limits) }
        #expect(try Files.names(in: test.store.layers).isEmpty != isUnpacked)
    }

    @Test func `what gzip has made a thousandth of is no bomb`() throws {
        let test = try TestStore()
        _ = try test.store.lock(.adding)
        let plain = try putZeros(.gzip, in: test.store)
        var limits = LayerLimits()
        limits.growthFloor = 0
        _ = try test.store.unpack(try test.store.resolve("big"), limits: limits)
        var status = stat()
        #expect(stat("\(test.store.layerPath(plain))/zeros", &status) == 0 && status.st_size == 64 << 20)
    }

    @Test func `any archive may become some gigabytes, and none more than the most`() {
        let limits = LayerLimits()
        #expect(limits.bytes(uncompressing: 300) >= 4 << 30)
        #expect(limits.bytes(uncompressing: .max) == limits.bytes)
    }
}
