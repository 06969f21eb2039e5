import CLinux
import Glibc
import Linux
import OCI
import Testing

@testable import Images

/// One entry of an archive that no honest tool makes.
struct ForgedEntry {
    var path: String
    var type: mode_t = S_IFREG
    var content = ""
    var link: String?
    var attributes: [(name: String, value: [UInt8])] = []
    var permissions: mode_t = 0o644

    static func file(_ path: String, _ content: String = "") -> ForgedEntry { .init(path: path, content: content) }
    static func folder(_ path: String) -> ForgedEntry { .init(path: path, type: S_IFDIR, permissions: 0o755) }
    static func link(_ path: String, to target: String) -> ForgedEntry {
        .init(path: path, type: S_IFLNK, link: target)
    }
    static func hardLink(_ path: String, to target: String) -> ForgedEntry { .init(path: path, type: 0, link: target) }
}

/// Writes `entries` as a tar archive and unpacks it into a new folder beside a file that must stay as it is.
final class ForgedLayer {
    let folder: TemporaryFolder
    var layer: String { "\(folder.path)/layer" }
    var outside: String { "\(folder.path)/outside" }

    init(_ entries: [ForgedEntry], limits: LayerLimits = LayerLimits()) throws {
        folder = try TemporaryFolder()
        let path = folder.path
        try Files.makeDirectories("\(path)/layer")
        try Files.makeDirectories("\(path)/outside")
        try Files.replace("\(path)/outside/kept", with: Array("kept".utf8))
        let file = try FileDescriptor.open("\(path)/archive", flags: O_RDWR | O_CREAT)
        let writer = try ArchiveWriter(file, named: "archive", compression: .gzip)
        for entry in entries {
            let entryPath = entry.path.replacingOutside(path)
            try writer.begin(
                Array(entryPath.utf8), type: entry.type, permissions: entry.permissions,
                size: Int64(entry.content.utf8.count), link: entry.link.map { Array($0.replacingOutside(path).utf8) },
                seconds: 1_000_000_000, attributes: entry.attributes)
            if entry.type == S_IFREG { try writer.write(Array(entry.content.utf8)) }
        }
        _ = try writer.finish()
        try unpack(limits)
    }

    private func unpack(_ limits: LayerLimits) throws {
        defer { checkOutside() }
        let file = try FileDescriptor.open("\(folder.path)/archive")
        let archive = try ArchiveReader(file, named: "archive", limit: limits.bytes)
        var unpacker = try LayerUnpacker(into: layer, limits: limits)
        try unpacker.unpack(archive)
    }

    private func checkOutside() {
        #expect((try? Files.names(in: outside)) == ["kept"])
        #expect(Files.text("\(outside)/kept") == "kept")
    }

    func status(_ path: String) -> stat? {
        var status = stat()
        return lstat("\(layer)/\(path)", &status) == 0 ? status : nil
    }

    /// Told by its own numbers: an extension of a C type is not always seen from here.
    func isWhiteout(_ path: String) -> Bool {
        status(path).map { $0.st_mode & S_IFMT == S_IFCHR && $0.st_rdev == 0 } ?? false
    }

    func attribute(_ name: String, of path: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = getxattr("\(layer)/\(path)", name, &buffer, buffer.count)
        return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
    }

    func isOpaque(_ path: String) -> Bool {
        attribute(isRoot ? "trusted.overlay.opaque" : "user.overlay.opaque", of: path) == "y"
    }
}

extension String {
    /// `OUTSIDE` stands for a folder that an archive must not reach.
    fileprivate func replacingOutside(_ path: String) -> String {
        hasPrefix("OUTSIDE") ? "\(path)/outside\(dropFirst(7))" : self
    }
}

@Suite struct HostileLayerTests {
    @Test(
        arguments: [
            [.file("../outside/x")],
            [.file("a/../../outside/x")],
            [.file("a/..")],
            [.file("/../outside/x")],
            [.folder("../outside/x")],
            [.link("../outside/x", to: "y")],
            [.hardLink("x", to: "../outside/kept")],
            [.hardLink("x", to: "OUTSIDE/kept")],
            [.link("x", to: "OUTSIDE/kept"), .hardLink("y", to: "x/z")],
            [.link("out", to: "OUTSIDE"), .hardLink("y", to: "out/kept")],
            [.file("a"), .file("a/b")],
            [.link("a", to: "nowhere"), .file("a/b")],
            [.link("a", to: "b"), .link("b", to: "a"), .file("a/c")],
            [.file(".wh.")],
            [.file(".wh..")],
            [.file("a/.wh...")],
            [.file(".wh.a/b")],
            [.folder(".wh.d/e")],
            [.file(".")],
            [.link("./", to: "x")],
            [.hardLink("a", to: "a")],
            [.hardLink("a", to: "no/such")],
            [.folder("d"), .hardLink("a", to: "d")],
            [.file(String(repeating: "n", count: 300))],
            [.file(String(repeating: "d/", count: 3_000) + "x")],
        ] as [[ForgedEntry]])
    func `an entry that would do harm is refused`(entries: [ForgedEntry]) {
        #expect(throws: ImageError.self) { _ = try ForgedLayer(entries) }
    }

    @Test func `a file written through a link out of the layer stays inside`() throws {
        let layer = try ForgedLayer([
            .folder("etc"), .folder("target"),
            .link("absolute", to: "/target"), .file("absolute/a", "1"),
            .link("relative", to: "../../../../target"), .file("relative/b", "2"),
            .link("name", to: "/etc/passwd"), .file("name", "3"),
        ])
        #expect(Files.text("\(layer.layer)/target/a") == "1")
        #expect(Files.text("\(layer.layer)/target/b") == "2")
        #expect(layer.status("name")?.st_mode == S_IFREG | 0o644)
        #expect(Files.text("\(layer.layer)/name") == "3")
    }

    @Test func `a link to the host's own folder is followed inside only`() throws {
        #expect(throws: ImageError.self) {
            _ = try ForgedLayer([.link("out", to: "OUTSIDE"), .file("out/kept", "changed")])
        }
    }

    @Test func `a link is replaced, not followed, by the entry that comes last`() throws {
        let layer = try ForgedLayer([
            .file("victim", "as it was"), .link("x", to: "victim"), .file("x", "new"),
            .folder("d"), .file("d/e"), .link("d", to: "/"), .link("l", to: "d"), .folder("l"),
        ])
        #expect(Files.text("\(layer.layer)/victim") == "as it was")
        #expect(Files.text("\(layer.layer)/x") == "new")
        #expect(layer.status("d")?.st_mode == S_IFLNK | 0o777)
        #expect(layer.status("l")?.isFolder == true)
    }

    @Test func `what an archive says of a folder is for no other that a link leads to in its place`() throws {
        let secret = ForgedEntry(path: "a", type: S_IFDIR, permissions: 0o700)
        var below = secret
        below.path = "d/sub"
        let layer = try ForgedLayer([
            .folder("etc"), secret, .link("a", to: "etc"),
            .folder("d"), below, .folder("e"), .folder("e/sub"), .link("d", to: "e"),
        ])
        #expect(layer.status("etc")?.st_mode == S_IFDIR | 0o755)
        #expect(layer.status("e/sub")?.st_mode == S_IFDIR | 0o755)
    }

    @Test func `an absolute path means one inside`() throws {
        let layer = try ForgedLayer([.file("/etc/passwd", "mine"), .file("//a///b/./c", "x")])
        #expect(Files.text("\(layer.layer)/etc/passwd") == "mine")
        #expect(Files.text("\(layer.layer)/a/b/c") == "x")
    }

    @Test func `device nodes are left out, a FIFO is made`() throws {
        let layer = try ForgedLayer([
            .init(path: "sda", type: S_IFBLK), .init(path: "null", type: S_IFCHR), .init(path: "fifo", type: S_IFIFO),
        ])
        #expect(layer.status("sda") == nil)
        #expect(layer.status("null") == nil)
        #expect(layer.status("fifo")?.st_mode == S_IFIFO | 0o644)
    }

    @Test func `attributes that forge overlayfs's own are dropped`() throws {
        let yes = Array("y".utf8)
        let layer = try ForgedLayer([
            .init(
                path: "d", type: S_IFDIR,
                attributes: [
                    ("trusted.overlay.opaque", yes), ("user.overlay.opaque", yes), ("trusted.overlay.redirect", yes),
                    ("security.selinux", yes), ("user.mine", yes),
                ], permissions: 0o755)
        ])
        #expect(!layer.isOpaque("d"))
        for name in ["trusted.overlay.opaque", "user.overlay.opaque", "trusted.overlay.redirect", "security.selinux"] {
            #expect(layer.attribute(name, of: "d") == nil)
        }
        #expect(layer.attribute("user.mine", of: "d") == "y")
    }

    @Test func `more entries or bytes than may be are refused`() throws {
        var limits = LayerLimits()
        limits.entries = 3
        #expect(throws: ImageError.self) {
            _ = try ForgedLayer((0..<4).map { .file("f\($0)") }, limits: limits)
        }
        limits.entries = 100
        limits.bytes = 50_000
        #expect(throws: ImageError.self) {
            _ = try ForgedLayer([.file("zeros", String(repeating: "\0", count: 60_000))], limits: limits)
        }
    }

    @Test func `names that could steer a terminal come out of messages harmless`() {
        let error = #expect(throws: ImageError.self) { _ = try ForgedLayer([.file("../\u{1B}[2Jx\n")]) }
        #expect(error?.description.contains("\u{1B}") == false)
        #expect(error?.description.contains("\n") == false)
    }

    @Test func `what turns the direction of writing is shown, and what joins characters stays`() {
        #expect(printable("a\u{202E}b\u{2069}\u{200F}\u{61C}") == #"a\u{202E}b\u{2069}\u{200F}\u{061C}"#)
        let family = "\u{1F469}\u{200D}\u{1F467} \u{2764}\u{FE0F}"
        #expect(printable(family) == family && harmless(family) == family)
    }
}

@Suite struct WhiteoutTests {
    @Test func `a whiteout becomes the device that overlayfs takes for one`() throws {
        let layer = try ForgedLayer([.folder("d"), .file("d/.wh.gone"), .file(".wh.top"), .file("new/.wh.x")])
        #expect(layer.isWhiteout("d/gone"))
        #expect(layer.isWhiteout("top"))
        #expect(layer.isWhiteout("new/x"))
        #expect(layer.status("d/.wh.gone") == nil)
    }

    @Test func `an opaque folder hides all that is lower and keeps its own, in any order`() throws {
        let layer = try ForgedLayer([.file("d/mine", "1"), .file("d/.wh..wh..opq"), .file("d/later", "2")])
        #expect(layer.isOpaque("d"))
        #expect(Files.text("\(layer.layer)/d/mine") == "1")
        #expect(Files.text("\(layer.layer)/d/later") == "2")
    }

    @Test func `a folder that replaces a lower one is opaque, whichever comes first`() throws {
        let before = try ForgedLayer([.file(".wh.d"), .folder("d"), .file("d/x"), .file("e/.wh.f"), .file("e/f/y")])
        let after = try ForgedLayer([.folder("d"), .file("d/x"), .file(".wh.d"), .file("e/f/y"), .file("e/.wh.f")])
        #expect(before.isOpaque("d") && after.isOpaque("d"))
        #expect(before.isOpaque("e/f") && after.isOpaque("e/f"))
        #expect(!before.isOpaque("e") && !after.isOpaque("e"))
    }

    @Test func `a file beside its own whiteout stays, whichever comes first`() throws {
        let layer = try ForgedLayer([.file(".wh.a"), .file("a", "1"), .file("b", "2"), .file(".wh.b")])
        #expect(Files.text("\(layer.layer)/a") == "1")
        #expect(Files.text("\(layer.layer)/b") == "2")
    }

    @Test func `aufs's own files mean nothing`() throws {
        let layer = try ForgedLayer([.file(".wh..wh.aufs"), .folder(".wh..wh.plnk"), .file("a")])
        #expect(try Files.names(in: layer.layer) == ["a"])
    }
}

@Suite struct LayerTests {
    @Test func `owner, permissions, times and names survive`() throws {
        let layer = try ForgedLayer([
            .init(path: "d", type: S_IFDIR, permissions: 0o1755), .init(path: "d/setuid", permissions: 0o4755),
            .file("d/Főtanúsítvány\u{301}"), .hardLink("d/also", to: "d/setuid"), .file("d/new\nline"),
        ])
        #expect(layer.status("d")?.st_mode == S_IFDIR | 0o1755)
        #expect(layer.status("d")?.st_mtim.tv_sec == 1_000_000_000)
        #expect(layer.status("d/setuid")?.st_mode == S_IFREG | 0o4755)
        #expect(layer.status("d/also")?.st_ino == layer.status("d/setuid")?.st_ino)
        #expect(layer.status("d/Főtanúsítvány\u{301}") != nil)
        #expect(layer.status("d/new\nline") != nil)
    }
}
