import CLinux
import Glibc
import JSON
import Linux
import OCI
import Testing

@testable import Images

/// A store in a folder of its own, with an image of one shell or several.
final class TestStore {
    let folder: TemporaryFolder
    let store: ImageStore
    var path: String { folder.path }

    init(_ names: String...) throws {
        folder = try TemporaryFolder()
        store = ImageStore(root: "\(folder.path)/store")
        for (index, name) in names.enumerated() { try pack(name, label: "\(index)") }
    }

    func pack(_ name: String, label: String, _ programs: [String] = ["true"]) throws {
        var request = PackRequest(name: try Reference(name), programs: programs)
        request.labels = ["n": label]
        request.compression = .none
        _ = try store.pack(request)
    }

    func blobs() throws -> Int { try Files.names(in: store.blobs).count }
}

@Suite struct StoreTests {
    @Test func `an image is found by name, tag, digest and the beginning of its digest`() throws {
        let test = try TestStore("starter", "host:5000/team/web:2")
        let starter = try test.store.resolve("starter")
        let web = try test.store.resolve("host:5000/team/web:2")
        #expect(starter.digest != web.digest)
        for name in [
            "starter:latest", "docker.io/library/starter", starter.digest.description, starter.digest.hex,
            starter.digest.short, "sha256:\(starter.digest.short)", "starter@\(starter.digest)",
        ] {
            #expect(try test.store.resolve(name) == starter, "\(name)")
        }
        for name in ["nothing", "starter:2", "host:5000/team/web", "team/web:2", "abcd", "starter@\(web.digest)"] {
            #expect(throws: ImageError.notFound(name)) { try test.store.resolve(name) }
        }
        #expect(throws: ImageError.self) { try test.store.resolve("No Name") }
        #expect(try test.store.list().map(\.name) == ["host:5000/team/web:2", "starter:latest"])
    }

    @Test func `a name that looks like digits goes before digits`() throws {
        let test = try TestStore("one")
        let digits = String(try test.store.resolve("one").digest.hex.prefix(4))
        try test.pack(digits, label: "other")
        #expect(try test.store.resolve(digits).reference?.description == "\(digits):latest")
    }

    @Test func `a name given anew leaves the image that had it without one`() throws {
        let test = try TestStore("a")
        let first = try test.store.resolve("a")
        try test.pack("a", label: "new")
        #expect(try test.store.resolve("a").digest != first.digest)
        #expect(try test.store.resolve(first.digest.description).reference == nil)
        #expect(try test.store.list().map(\.reference?.description) == ["a:latest", nil])
        let removal = try test.store.prune()
        #expect(removal.images == [first.digest])
        #expect(removal.bytes > 0)
        // Its layer is shared with the one that stays.
        #expect(removal.blobs == 2)
        #expect(try test.store.verify().problems.isEmpty)
    }

    @Test func `an image goes with its last name, and what others share stays`() throws {
        let test = try TestStore("a", "b")
        try test.store.tag("a", as: try Reference("c:1"))
        #expect(try test.store.names(of: "a") == ["a:latest", "c:1"])
        _ = try test.store.unpack(try test.store.resolve("a"))
        #expect(try test.store.remove("a").images.isEmpty)
        #expect(try test.store.remove("c:1").images.count == 1)
        #expect(try Files.names(in: test.store.layers).count == 1)
        #expect(try test.blobs() == 3)
        _ = try test.store.remove("b")
        #expect(try test.blobs() == 0)
        #expect(try Files.names(in: test.store.layers).isEmpty)
    }

    @Test(.enabled(if: isRoot, "mounts"))
    func `a removal that ends half-way leaves no half of a layer, whatever an earlier one has left`() throws {
        let test = try TestStore("a")
        let image = try test.store.resolve("a")
        let layer = try #require(try test.store.unpack(image).first)
        let hex = layer.split(separator: "/").last ?? ""
        try Files.makeDirectories("\(test.store.layers)/.\(hex).removed/left")
        // What is mounted is not removed: so it ends there.
        try Files.makeDirectories("\(layer)/held")
        #expect(mount("none", "\(layer)/held", "tmpfs", 0, nil) == 0)
        defer { umount2("\(test.store.layers)/.\(hex).removed/held", Int32(MNT_DETACH)) }
        #expect(throws: ImageError.self) { try test.store.prune(all: true) }
        #expect(!Files.exists(layer))
    }

    @Test(.enabled(if: isRoot, "mounts"))
    func `what cannot be removed keeps nothing else from going`() throws {
        let test = try TestStore("a")
        try test.pack("b", label: "b", ["true", "false"])
        let stuck = "\(test.store.layers)/.0.removed/held"
        _ = try test.store.unpack(try test.store.resolve("a"))
        _ = try test.store.unpack(try test.store.resolve("b"))
        try Files.makeDirectories(stuck)
        #expect(mount("none", stuck, "tmpfs", 0, nil) == 0)
        defer { umount2(stuck, Int32(MNT_DETACH)) }
        #expect { try test.store.prune(all: true) } throws: { "\($0)".contains("mounted") }
        #expect(try Files.names(in: test.store.layers) == [".0.removed"])
        #expect(try test.blobs() == 0)
    }

    @Test func `by its digest an image goes with its tags of one repository, with names of several only by force`()
        throws
    {
        let test = try TestStore("a")
        let digest = try test.store.resolve("a").digest
        for name in ["a:2", "host:5000/a:2"] { try test.store.tag("a", as: try Reference(name)) }
        for name in [digest.description, digest.short] {
            #expect(throws: ImageError.severalNames(name, ["a:2", "a:latest", "host:5000/a:2"])) {
                try test.store.remove(name)
            }
        }
        #expect(try test.store.remove("host:5000/a:2").names == ["host:5000/a:2"])
        #expect(try test.store.remove(digest.short).names.sorted() == ["a:2", "a:latest"])
        try test.pack("b", label: "0")
        try test.store.tag("b", as: try Reference("c"))
        let forced = try test.store.remove(try test.store.resolve("b").digest.short, force: true)
        #expect(forced.names.sorted() == ["b:latest", "c:latest"] && forced.images.count == 1)
    }

    @Test func `a name with a digest is removed by itself, and means the tags of its repository where there is none`()
        throws
    {
        let test = try TestStore("a:1")
        let digest = try test.store.resolve("a:1").digest
        for name in ["a@\(digest)", "a:2", "host:5000/a"] { try test.store.tag("a:1", as: try Reference(name)) }
        #expect(try test.store.remove("a@\(digest)").names == ["a@\(digest)"])
        #expect(try test.store.names(of: "a:1") == ["a:1", "a:2", "host:5000/a:latest"])
        #expect(try test.store.remove("a@\(digest)").names.sorted() == ["a:1", "a:2"])
        #expect(throws: ImageError.notFound("a@\(digest)")) { try test.store.remove("a@\(digest)") }
        #expect(try test.store.remove("host:5000/a").images == [digest])
    }

    @Test func `a name that is another image's by now, and a name that came later, are not removed for what was seen`()
        throws
    {
        let test = try TestStore("a")
        let seen = try test.store.resolve("a").digest
        try test.pack("a", label: "new")
        let now = try test.store.resolve("a").digest
        #expect(throws: ImageError.moved("a", now)) { try test.store.remove("a", seen: seen.short) }
        try test.store.tag(seen.description, as: try Reference("b"))
        #expect(throws: ImageError.named(seen.description, ["b:latest"])) {
            try test.store.remove(seen.description, seen: seen.short)
        }
        #expect(try test.store.list().map(\.name) == ["a:latest", "b:latest"])
        #expect(try test.store.remove("a", seen: now.short).names == ["a:latest"])
        #expect(try test.store.remove("b", seen: seen.short).images == [seen])
    }

    @Test func `an image that a container was made from keeps its last name`() throws {
        let test = try TestStore("a")
        let use = ImageUse(images: [try test.store.resolve("a").digest: "container web"])
        #expect(throws: ImageError.inUse("a", by: "container web")) {
            try test.store.remove("a", inUse: use)
        }
        #expect(try test.store.prune(all: true, inUse: use).images.isEmpty)
        let forced = try test.store.remove("a", inUse: use, force: true)
        #expect(forced.names == ["a:latest"])
        // What the container needs is still there.
        #expect(try test.blobs() == 3)
        #expect(try test.store.prune().blobs == 3)
    }

    @Test func `while somebody adds, an image loses its name, and prune says that it waits to take the rest`() throws {
        let test = try TestStore("a")
        let adding = try test.store.hold()
        let removal = try test.store.remove("a")
        #expect(removal.names == ["a:latest"] && removal.isUnfinished && removal.blobs == 0)
        #expect(try test.store.list().isEmpty && test.blobs() == 3)
        var waits = 0
        let freed = try test.store.prune(onBusy: {
            waits += 1
            flock(adding.number, LOCK_UN)
            return true
        })
        #expect(waits == 1 && freed.blobs == 3 && !freed.isUnfinished)
        let other = try TestStore("a")
        #expect(try !other.store.remove("a").isUnfinished)
    }

    @Test func `an index in an index leads to the manifest for this machine, and no deeper than is sane`() throws {
        let test = try TestStore("a")
        let image = try test.store.resolve("a")
        let manifest = ContentDescriptor(
            mediaType: MediaType.manifest, digest: image.digest, size: test.store.size(of: image.digest),
            platform: .host)
        var other = manifest
        other.platform = Platform(architecture: "pdp11")
        func index(_ entries: [ContentDescriptor]) throws -> ContentDescriptor {
            try test.store.put(try JSON.encode(ImageIndex(manifests: entries)), mediaType: MediaType.index)
        }
        let both = try index([other, manifest])
        try test.store.give(try Reference("both"), to: both)
        #expect(try test.store.resolve("both").digest == image.digest)
        try test.store.give(try Reference("none"), to: try index([other]))
        #expect(throws: ImageError.self) { try test.store.resolve("none") }
        var deep = both
        for _ in 0..<5 { deep = try index([deep]) }
        try test.store.give(try Reference("deep"), to: deep)
        #expect(throws: ImageError.self) { try test.store.resolve("deep") }
    }

    @Test func `nobody but its owner looks into a store, one from before either`() throws {
        let test = try TestStore("a")
        func mode() -> mode_t {
            var status = stat()
            return stat(test.store.root, &status) == 0 ? status.st_mode & 0o777 : 0
        }
        #expect(mode() == 0o700)
        chmod(test.store.root, 0o755)
        _ = try test.store.hold()
        #expect(mode() == 0o700)
    }
}
