import CLinux
import Glibc
import JSON
import Linux
import OCI
import Testing

@testable import Images

private func tree(_ path: String) throws -> String {
    let command =
        "cd \(path) && find . -mindepth 1 -printf '%P %y %m %U:%G %s %l\\n' | sed -E 's/ d ([0-9]+) ([0-9:]+) [0-9]+/ d \\1 \\2/' | LC_ALL=C sort"
    return try run(["sh", "-c", command]).output
}

@Suite struct TransferTests {
    @Test(arguments: SaveFormat.allCases)
    func `what is saved is loaded as the same image`(format: SaveFormat) throws {
        let one = try TestStore("a", "b:2")
        let two = try TestStore()
        let target = "\(one.path)/saved"
        try one.store.save(["a", "b:2"], to: target, as: format)
        let loaded = try two.store.load(target)
        #expect(loaded.map(\.name) == ["a:latest", "b:2"])
        #expect(try two.store.resolve("a").configuration == one.store.resolve("a").configuration)
        if format != .dockerArchive {
            #expect(try two.store.resolve("a").digest == one.store.resolve("a").digest)
        }
        #expect(try two.store.verify().problems.isEmpty)
        _ = try two.store.unpack(try two.store.resolve("b:2"))
    }

    @Test func `an OCI archive is a docker archive too`() throws {
        let test = try TestStore("a", "b:2")
        let target = "\(test.path)/saved"
        try test.store.save(["a", "b:2"], to: target, as: .ociArchive)
        let names = Set(try run(["tar", "-tf", target]).output.split(separator: "\n").map(String.init))
        let text = try run(["tar", "-xOf", target, "manifest.json"]).output
        let manifests = try JSON.decode([DockerArchiveImage].self, from: Array(text.utf8))
        #expect(manifests.map(\.repoTags) == [["a:latest"], ["b:2"]])
        for manifest in manifests {
            #expect(!manifest.layers.isEmpty && names.isSuperset(of: manifest.layers + [manifest.config]))
        }
        // Alone it is enough.
        let other = try TestStore()
        #expect(
            try run([
                "sh", "-c",
                "cd \(test.path) && mkdir d && tar -xf saved -C d && rm d/index.json d/oci-layout && tar -C d -cf docker .",
            ]).status == 0)
        #expect(try other.store.load("\(test.path)/docker").map(\.name) == ["a:latest", "b:2"])
    }

    @Test func `an archive saved twice is the same to the byte`() throws {
        let test = try TestStore("a")
        try test.store.save(["a"], to: "\(test.path)/1", as: .ociArchive)
        try test.store.save(["a"], to: "\(test.path)/2", as: .ociArchive)
        #expect(try Files.read("\(test.path)/1") == Files.read("\(test.path)/2"))
    }

    @Test func `a blob of another digest, a missing one and a stranger's file are refused, and nothing is named`()
        throws
    {
        let (one, two) = (try TestStore("a"), try TestStore())
        let layout = "\(one.path)/layout"
        try one.store.save(["a"], to: layout, as: .ociDirectory)
        let layer = try one.store.resolve("a").manifest.layers[0].digest
        let path = "\(layout)/blobs/sha256/\(layer.hex)"
        var bytes = try Files.read(path)
        bytes[0] ^= 1
        try Files.replace(path, with: bytes)
        #expect(throws: ImageError.self) { try two.store.load(layout) }
        #expect(try run(["tar", "-C", layout, "-cf", "\(one.path)/changed.tar", "."]).status == 0)
        #expect(throws: ImageError.self) { try two.store.load("\(one.path)/changed.tar") }
        unlink(path)
        #expect(throws: ImageError.self) { try two.store.load(layout) }
        #expect(try run(["tar", "-C", layout, "-cf", "\(one.path)/missing.tar", "."]).status == 0)
        #expect(throws: ImageError.self) { try two.store.load("\(one.path)/missing.tar") }
        #expect(throws: ImageError.self) { try two.store.load("/etc/passwd") }
        #expect(throws: ImageError.self) { try two.store.load("/etc") }
        #expect(throws: ImageError.self) { try two.store.load("/no/such/file") }
        #expect(try two.store.list().isEmpty)
    }

    @Test func `a few bytes of an archive that stand for many zeros are not written out`() throws {
        let test = try TestStore()
        let digits = String(repeating: "ab", count: 32)
        let make = """
            cd \(test.path) && mkdir -p blobs/sha256 && truncate -s 64M blobs/sha256/\(digits) && echo {} >index.json &&
            echo x >>blobs/sha256/\(digits) && tar -cSf sparse.tar index.json blobs
            """
        #expect(try run(["sh", "-c", make]).status == 0)
        #expect { try test.store.load("\(test.path)/sparse.tar") } throws: {
            "\($0)".contains("without tar's --sparse")
        }
        #expect(try test.blobs() == 0 && Files.names(in: test.store.ingest).isEmpty)
    }

    @Test(.enabled(if: isRoot, "ownership wants root"), arguments: ["gzip", "xz", "zstd", "cat"])
    func `a root file system is imported from an archive as it is from its folder`(compressor: String) throws {
        let test = try TestStore()
        let root = "\(test.path)/root"
        let make = """
            mkdir -p \(root)/a/b && cd \(root) && echo x >a/x && ln a/x a/y && ln -s /etc/passwd a/link &&
            chown 1000:1001 a/b && chmod 4755 a/x && mkfifo a/fifo && printf 'h' >'a/Ő name' &&
            tar -C \(root) -cf - . | \(compressor) >\(test.path)/root.tar
            """
        #expect(try run(["sh", "-c", make]).output == "")
        let fromFolder = try test.store.importRoot(ImportRequest(source: root, name: try Reference("folder")))
        let fromArchive = try test.store.importRoot(
            ImportRequest(source: "\(test.path)/root.tar", name: try Reference("archive")))
        let expected = try tree(root)
        #expect(try tree(try test.store.unpack(fromFolder)[0]) == expected)
        #expect(try tree(try test.store.unpack(fromArchive)[0]) == expected)
    }

    @Test(arguments: ["/d", "/d/a"])
    func `a folder that is exchanged for a link while it is read brings nothing of where that leads`(
        moment: String
    ) throws {
        let test = try TestStore()
        let (root, outside) = ("\(test.path)/root", "\(test.path)/outside")
        for folder in ["\(root)/d", outside] { try Files.makeDirectories(folder) }
        for (path, text) in [("\(root)/d/a", "a"), ("\(root)/d/shadow", "in"), ("\(outside)/shadow", "host")] {
            try Files.replace(path, with: text.utf8, durable: false)
        }
        let image = try test.store.commit(folder: root, on: nil, request: CommitRequest()) { path in
            if path == moment {
                rename("\(root)/d", "\(root)/e")
                symlink(outside, "\(root)/d")
            }
            return false
        }
        let layer = try #require(try test.store.unpack(image).first)
        #expect(Files.text("\(layer)/d/shadow") == (moment == "/d" ? nil : "in"))
        #expect(try run(["grep", "-r", "host", layer]).output == "")
    }

    @Test func `an archive that means harm never becomes an image`() throws {
        let test = try TestStore()
        let forged = "\(test.path)/forged.tar"
        let file = try FileDescriptor.open(forged, flags: O_RDWR | O_CREAT)
        let writer = try ArchiveWriter(file, named: "forged", compression: .none)
        try writer.begin(Array("../x".utf8), type: S_IFREG, permissions: 0o644, size: 0, seconds: 0)
        _ = try writer.finish()
        #expect(throws: ImageError.self) {
            try test.store.importRoot(ImportRequest(source: forged, name: try Reference("forged")))
        }
        #expect(try test.store.list().isEmpty)
        #expect(try test.blobs() == 0)
    }
}

@Suite struct PeerTests {
    @Test(.enabled(if: isRoot && isInstalled("umoci"), "wants root and umoci"))
    func `a layer is unpacked as umoci unpacks it`() throws {
        let test = try TestStore()
        try test.pack("a", label: "", ["bash", "busybox", "env"])
        try test.store.save(["a"], to: "\(test.path)/layout", as: .ociDirectory)
        let image = "\(test.path)/layout:a:latest"
        #expect(try run(["umoci", "unpack", "--image", image, "\(test.path)/bundle"]).status == 0)
        let layers = try test.store.unpack(try test.store.resolve("a"))
        #expect(try tree(layers[0]) == tree("\(test.path)/bundle/rootfs"))
    }

    @Test(.enabled(if: isRoot && isInstalled("umoci") && isInstalled("skopeo"), "wants root, umoci and skopeo"))
    func `an image of umoci's with several layers and whiteouts comes through skopeo in each format`() throws {
        let test = try TestStore()
        try test.pack("a", label: "", ["bash"])
        let (path, layout) = (test.path, "\(test.path)/layout")
        try test.store.save(["a"], to: layout, as: .ociDirectory)
        let change = """
            cd \(path) && umoci unpack --image \(layout):a:latest b && rm -r b/rootfs/etc b/rootfs/usr/bin/bash &&
            mkdir b/rootfs/etc && echo new >b/rootfs/etc/new && echo 1 >b/rootfs/one &&
            umoci repack --image \(layout):b:2 b &&
            skopeo copy -q oci:\(layout):b:2 oci-archive:oci.tar:b:2 &&
            skopeo copy -q oci:\(layout):b:2 docker-archive:docker.tar:b:2
            """
        let changed = try run(["sh", "-ec", change])
        #expect(changed.status == 0, "\(changed.output)")
        for source in ["layout", "oci.tar", "docker.tar"] {
            let other = try TestStore()
            _ = try other.store.load("\(path)/\(source)")
            let layers = try other.store.unpack(try other.store.resolve("b:2"))
            #expect(layers.count == 2)
            #expect(Files.text("\(layers[0])/etc/new") == "new\n")
            #expect(Files.text("\(layers[0])/one") == "1\n")
            var status = stat()
            #expect(
                lstat("\(layers[0])/usr/bin/bash", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR
                    && status.st_rdev == 0)
        }
    }

    @Test(.enabled(if: isRoot && isInstalled("skopeo"), "wants root and skopeo"), arguments: Compression.allCases)
    func `skopeo takes what is packed, in each compression`(compression: Compression) throws {
        let test = try TestStore()
        var request = PackRequest(name: try Reference("a"), programs: ["bash"])
        request.compression = compression
        _ = try test.store.pack(request)
        for format in SaveFormat.allCases {
            let target = "\(test.path)/\(format.rawValue)"
            try test.store.save(["a"], to: target, as: format)
            let transport =
                switch format {
                case .ociArchive: "oci-archive:\(target):a:latest"
                case .ociDirectory: "oci:\(target):a:latest"
                case .dockerArchive: "docker-archive:\(target):a:latest"
                }
            let copied = try run(["skopeo", "copy", "-q", transport, "dir:\(test.path)/copy-\(format.rawValue)"])
            #expect(copied.status == 0, "\(copied.output)")
        }
    }
}

@Suite struct ConcurrencyTests {
    /// Locks belong to open files, so that tasks in one process meet as processes do.
    @Test func `those that unpack, pack and prune at once get in nobody's way`() async throws {
        let test = try TestStore("a")
        let store = test.store
        try test.pack("kept", label: "k", ["bash"])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<9 {
                group.addTask {
                    switch number % 3 {
                    case 0: _ = try store.unpack(try store.resolve("kept"))
                    case 1:
                        var request = PackRequest(name: try Reference("new\(number)"), programs: ["true"])
                        request.labels = ["by": "\(number)"]
                        _ = try store.pack(request)
                    default: _ = try store.prune()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try store.verify().problems.isEmpty)
        #expect(try store.list().count == 5)
        #expect(try Files.names(in: store.layers).filter { $0.hasPrefix(".") }.isEmpty)
    }
}
