import Builds
import Glibc
import Images
import JSON
import Linux
import OCI

func takeELF(_ bytes: [UInt8]) {
    guard let file = try? ELFFile.parse(bytes, path: "input") else { return }
    hold(file.bits == 32 || file.bits == 64, "an ELF file has 32 or 64 bits")
    hold(file.needed.allSatisfy { $0.utf8.count < 4_096 }, "a library's name is as long as a path at most")
    _ = file.architecture
}

func takeHostFile(_ bytes: [UInt8]) {
    _ = LoaderCache(bytes)
    if let script = Script(bytes) { hold(!script.interpreter.isEmpty, "an interpreter has a name") }
    bytes.withUnsafeBytes { buffer in
        guard let path = try? LayerPath(buffer) else { return }
        let parts = (path.folder + [UInt8(ascii: "/")] + path.name).split(separator: UInt8(ascii: "/"))
        hold(!parts.contains { $0.elementsEqual("..".utf8) }, "no entry leads out of its layer")
        _ = path.meaning
        _ = path.isBelowWhiteout
    }
}

func takeContainerfile(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    _ = try? Containerfile(text)
    for line in text.split(separator: "\n").prefix(8) { _ = try? ConfigurationStep(parsing: String(line)) }
    takeIgnoreList(text)
}

func takeIgnoreList(_ text: String) {
    let list = IgnoreList(text)
    for line in text.split(separator: "\n").prefix(8) { _ = list.leavesOut(line) }
    hold(!IgnoreList("").leavesOut(text), "without rules nothing is left out")
}

func takeRegistry(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    let challenges = Challenge.parse(text)
    hold(challenges.count <= 17, "a header has a few challenges at most")
    hold(challenges.allSatisfy { $0.scheme == $0.scheme.lowercased() }, "a scheme is in small letters")
    hold(Base64.decode(Base64.encode(bytes)) == bytes, "what is written in base64 is read as it was")
    _ = Base64.decode(text)
}

/// The archive is unpacked into a folder that lies in another: in that one nothing else may come to be.
func takeLayer(_ bytes: [UInt8]) {
    let outside = "/dev/shm/boxtop-fuzz-layer-\(getpid())"
    defer { try? Files.removeTree(outside) }
    guard (try? Files.makeDirectories("\(outside)/layer")) != nil,
        (try? Files.replace("\(outside)/archive", with: bytes, durable: false)) != nil,
        let file = try? FileDescriptor.open("\(outside)/archive")
    else { return }
    do { try RootArchive.unpack(file, named: "input", into: "\(outside)/layer") } catch {
        hold(!error.description.isEmpty, "an archive that is refused is refused in words")
        hold(!error.description.contains("\u{1B}"), "and these steer no terminal")
    }
    hold((try? Files.names(in: outside).sorted()) == ["archive", "layer"], "nothing is written outside of a layer")
}

func takeReference(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    if let digest = Digest(text) { hold(Digest(digest.description) == digest, "a digest survives being written") }
    guard let reference = try? Reference(text) else { return }
    hold((try? Reference(reference.description)) == reference, "a reference survives being written")
    hold((try? Reference(reference.canonical)) == reference, "a reference survives being written in full")
}

func takeImageDocument(_ bytes: [UInt8]) {
    survives(ImageManifest.self, bytes)
    survives(ImageIndex.self, bytes)
    survives(ImageConfiguration.self, bytes)
    survives(ContentDescriptor.self, bytes)
    survives(ImageLayoutMarker.self, bytes)
}

/// A document that can be read can be written, and is then read as the same.
func survives<Document: Codable & Equatable>(_ type: Document.Type, _ bytes: [UInt8]) {
    guard let document = try? JSON.decode(type, from: bytes) else { return }
    guard let written = try? JSON.encode(document) else {
        hold(false, "a \(type) that was read can be written")
        return
    }
    let again = try? JSON.decode(type, from: written)
    hold(again == document, "a \(type) survives being written")
}
