import Fuzzing
import Glibc
import Linux
import Testing

@testable import Images

/// Each parser of ours on inputs that grow out of a kept corpus: whatever comes in, it answers or refuses, and ends.
/// BOXTOP_FUZZ_SECONDS is how long each gets; a moment without it. The seed is printed: BOXTOP_FUZZ_SEED repeats it.
@Suite(.serialized) struct FuzzTests {
    static let seeds: [String: [[UInt8]]] = Fuzzing.corpus(beside: #filePath)

    private func fuzz(_ name: String, _ body: ([UInt8]) -> Void) {
        Fuzzing.run(name, seeds: Self.seeds[name] ?? [], body)
    }

    @Test func `references`() {
        fuzz("reference") { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            guard let found = try? Reference(text) else { return }
            // What is written out means the same.
            let again = try? Reference(found.description)
            #expect(again?.canonical == found.canonical, "\(text)")
        }
    }

    @Test func `challenges`() {
        fuzz("challenge") { bytes in _ = Challenge.parse(String(decoding: bytes, as: UTF8.self)) }
    }

    @Test func `base64`() {
        fuzz("base64") { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            if let plain = Base64.decode(text) { #expect(Base64.decode(Base64.encode(plain)) == plain) }
        }
    }

    @Test func `ELF files`() {
        fuzz("elf") { bytes in _ = try? ELFFile.parse(bytes, path: "fuzz") }
    }

    @Test func `the loader's cache`() {
        fuzz("cache") { bytes in _ = LoaderCache(bytes).paths }
    }

    @Test func `scripts`() {
        fuzz("script") { bytes in _ = Script(bytes) }
    }

    @Test func `paths of layers`() {
        fuzz("path") { bytes in
            bytes.withUnsafeBytes { raw in
                guard let path = try? LayerPath(raw) else { return }
                #expect(!path.bytes.split(separator: UInt8(ascii: "/")).contains { $0.elementsEqual("..".utf8) })
                _ = path.meaning
            }
        }
    }

    @Test func `credential files`() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/auth.json"
        fuzz("auth") { bytes in
            try? Files.replace(path, with: bytes, durable: false)
            let file = try? CredentialFile.read(path)
            _ = file?.entry(for: "a/b")?.credentials
        }
    }

    /// libarchive reads it; what is made of it is ours.
    @Test func `layers`() throws {
        let folder = try TemporaryFolder()
        fuzz("tar") { bytes in
            let target = "\(folder.path)/layer"
            try? Files.removeTree(target)
            try? Files.makeDirectories(target)
            try? Files.replace("\(folder.path)/tar", with: bytes, durable: false)
            var limits = LayerLimits()
            limits.bytes = 1 << 20
            guard let file = try? FileDescriptor.open("\(folder.path)/tar"),
                let archive = try? ArchiveReader(file, named: "fuzz", limit: limits.bytes)
            else { return }
            do {
                var unpacker = try LayerUnpacker(into: target, limits: limits)
                try unpacker.unpack(archive)
            } catch {}
            #expect((try? Files.names(in: folder.path).sorted()) == ["layer", "tar"])
        }
    }
}
