import Builds
import Images
import JSON
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
