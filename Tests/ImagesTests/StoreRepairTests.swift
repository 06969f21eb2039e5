import CLinux
import Glibc
import Linux
import OCI
import Testing

@testable import Images

/// Damage that is mended, and disks that are full: there is a way out of each.
@Suite struct StoreRepairTests {
    @Test func `a blob that is damaged is whole again when it comes again`() throws {
        let test = try TestStore("a")
        let layer = test.store.path(of: try test.store.resolve("a").manifest.layers[0].digest)
        #expect(truncate(layer, 1_000) == 0)
        #expect(try test.store.verify().problems.count == 1)
        try test.pack("a", label: "0")
        #expect(try test.store.verify().problems.isEmpty)
        #expect(try Files.names(in: test.store.ingest).isEmpty)
    }

    @Test func `while an image cannot be read nothing is freed, and what containers lie on never is`() throws {
        let test = try TestStore("a")
        let image = try test.store.resolve("a")
        let folders = try test.store.unpack(image)
        var use = ImageUse(images: [image.digest: "container web"])
        use.add(folders: folders)
        try Files.replace("\(test.store.blobs)/stray", with: [1])
        #expect(truncate(test.store.path(of: image.digest), 50) == 0)
        let pruned = try test.store.prune(inUse: use)
        #expect(pruned.unreadable.map(\.image) == ["a:latest"] && pruned.blobs == 0 && pruned.layers == 0)
        let removed = try test.store.remove("a", inUse: use, force: true)
        #expect(removed.unreadable.isEmpty && removed.blobs > 0 && removed.layers == 0)
        #expect(folders.allSatisfy { Files.exists($0) })
        #expect(try test.store.prune().layers == folders.count)
    }

    @Test func `an index that stays as it is, is not written`() throws {
        let test = try TestStore("a")
        func node() -> ino_t {
            var status = stat()
            return stat(test.store.indexPath, &status) == 0 ? status.st_ino : 0
        }
        let before = node()
        _ = try test.store.prune()
        try test.store.tag("a", as: try Reference("a"))
        #expect(node() == before)
        _ = try test.store.remove("a")
        #expect(node() != before)
    }

    @Test(.enabled(if: isRoot, "mounts"))
    func `on a full disk what nothing leads to can be removed, and images can`() throws {
        let disk = try SmallDisk()
        try disk.test.pack("a", label: "0")
        _ = try disk.test.store.unpack(try disk.test.store.resolve("a"))
        try Files.replace("\(disk.test.store.blobs)/stray", with: [UInt8](repeating: 1, count: 100_000))
        try disk.fill()
        #expect(try disk.test.store.prune().blobs == 1)
        try disk.fill()
        let removal = try disk.test.store.remove("a")
        #expect(removal.names == ["a:latest"] && removal.blobs == 3 && removal.layers == 1 && removal.bytes > 0)
        #expect(try disk.test.store.list().isEmpty)
        try disk.empty()
        try disk.test.pack("b", label: "1")
        try disk.fill()
        #expect(try disk.test.store.prune(all: true).names == ["b:latest"])
    }

    @Test(.enabled(if: isRoot, "mounts"))
    func `an import or a load that fails leaves nothing but what was there`() throws {
        let disk = try SmallDisk()
        try disk.test.pack("a", label: "0")
        let store = disk.test.store
        try Files.replace("\(store.ingest)/broken-off.partial", with: [1])
        func contents() throws -> [String] {
            try [store.blobs, store.layers, store.ingest].flatMap { try Files.names(in: $0) }.sorted()
        }
        let before = try contents()
        // There is room for the layer, and none to unpack it.
        let root = "\(disk.test.path)/root"
        try Files.makeDirectories(root)
        let bytes = [UInt8](repeating: 7, count: SmallDisk.size / 2)
        try Files.replace("\(root)/big", with: bytes, durable: false)
        var request = ImportRequest(source: root)
        request.compression = .none
        #expect(throws: ImageError.self) { try store.importRoot(request) }
        #expect(try contents() == before)
        let other = try TestStore()
        try other.pack("b", label: "1", ["true", "false"])
        try other.store.save(["b"], to: "\(other.path)/layout", as: .ociDirectory)
        unlink("\(other.path)/layout/blobs/sha256/\(try other.store.resolve("b").manifest.layers[0].digest.hex)")
        #expect(throws: ImageError.self) { try store.load("\(other.path)/layout") }
        #expect(try contents() == before)
    }
}

/// A store on a disk of its own, of a few megabytes.
private final class SmallDisk {
    static let size = 8 << 20

    let test: TestStore
    private var ballast: String { "\(test.store.root)/ballast" }

    init() throws {
        test = try TestStore()
        let root = test.store.root
        try Files.makeDirectories(root)
        try systemCall("mount a small disk") { mount("none", root, "tmpfs", 0, "size=\(Self.size)") }
    }

    deinit { umount2(test.store.root, Int32(MNT_DETACH)) }

    func fill() throws {
        let file = try FileDescriptor.open(ballast, flags: O_WRONLY | O_CREAT | O_APPEND)
        let page = [UInt8](repeating: 0, count: 4_096)
        while (try? file.write(page)) != nil {}
    }

    func empty() throws { try Files.removeTree(ballast) }

    @Test func `damage is found by verify, and one damaged image hides no other`() throws {
        let test = try TestStore("a", "b")
        let a = try test.store.resolve("a")
        let layer = test.store.path(of: a.manifest.layers[0].digest)
        var bytes = try Files.read(layer)
        bytes[1_000] ^= 1
        try Files.replace(layer, with: bytes)
        let found = try test.store.verify(["a"]).problems
        #expect(found.count == 1)
        #expect(throws: ImageError.self) { try test.store.unpack(a) }
        #expect(try Files.names(in: test.store.layers).isEmpty)
        unlink(test.store.path(of: a.manifest.config.digest))
        var damaged: [ImageError] = []
        #expect(try test.store.list { damaged.append($0) }.map(\.name) == ["b:latest"])
        #expect(damaged.count == 1)
    }
}
