import JSON
import OCI
import TestSupport
import Testing

@testable import Images

/// What is read by hand is what Codable reads, with all that may be there, be null or be missing.
struct StoredDocumentTests {
    private static let digest = "sha256:" + String(repeating: "ab", count: 32)
    private static let descriptor = #"{"mediaType": "m", "digest": "\#(digest)", "size": 7"#

    @Test(arguments: [
        #"{"schemaVersion": 2, "manifests": []}"#,
        #"{"schemaVersion": 2, "mediaType": null, "manifests": [\#(descriptor)}], "annotations": null}"#,
        #"""
        {"schemaVersion": 2, "mediaType": "i", "annotations": {"a": "b"}, "manifests": [
          \#(descriptor), "annotations": {"c": "ä"}, "platform": {"architecture": "arm", "os": "linux", "variant": "v7"}},
          \#(descriptor), "platform": {"architecture": "amd64", "os": "linux", "os.version": "1"}},
          \#(descriptor), "urls": ["u"], "artifactType": "t"}]}
        """#,
        #"{"schemaVersion": 2, "manifests": [], "subject": {}}"#,
    ])
    func indexes(text: String) throws { try compare(ImageIndex.self, text) }

    @Test(arguments: [
        #"{"schemaVersion": 2, "config": \#(descriptor)}, "layers": []}"#,
        #"""
        {"schemaVersion": 2, "mediaType": "m", "config": \#(descriptor)}, "annotations": {"a": ""},
         "layers": [\#(descriptor)}, \#(descriptor), "annotations": {}}]}
        """#,
    ])
    func manifests(text: String) throws { try compare(ImageManifest.self, text) }

    @Test(arguments: [
        #"{"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": []}}"#,
        #"""
        {"created": "2026-01-01T00:00:00Z", "author": "a", "architecture": "arm", "variant": "v7", "os": "linux",
         "config": {"User": "1:2", "Env": ["A=b"], "Entrypoint": [], "Cmd": null, "WorkingDir": "", "Labels": {"l": "m"},
           "StopSignal": "SIGINT"},
         "rootfs": {"type": "layers", "diff_ids": ["\#(digest)"]},
         "history": [{"created": "x", "created_by": "y", "author": "z", "comment": "c", "empty_layer": true}, {}]}
        """#,
        #"""
        {"architecture": "amd64", "os": "linux", "docker_version": "1", "history": null,
         "config": {"ExposedPorts": {"80/tcp": {}}, "Volumes": {"/v": {}}, "Healthcheck": {"Test": ["NONE"]}},
         "rootfs": {"type": "layers", "diff_ids": ["\#(digest)"]}}
        """#,
    ])
    func configurations(text: String) throws { try compare(ImageConfiguration.self, text) }

    @Test(arguments: [
        #"{"manifests": []}"#, #"{"schemaVersion": 2, "manifests": [{"mediaType": "m"}]}"#,
        #"{"schemaVersion": 2, "manifests": [{"mediaType": "m", "digest": "sha256:x", "size": 1}]}"#,
        #"{"schemaVersion": 2, "manifests": {}}"#,
    ])
    func `what Codable refuses is refused`(text: String) {
        #expect(throws: JSONError.self) { try ImageIndex.read(Array(text.utf8)) }
        #expect(throws: JSONError.self) { try JSON.decode(ImageIndex.self, from: Array(text.utf8)) }
    }

    private func compare<T: StoredDocument & Equatable>(_ type: T.Type, _ text: String) throws {
        let bytes = Array(text.utf8)
        #expect(try T.read(bytes) == JSON.decode(T.self, from: bytes))
        for text in distortions(of: text) {
            let bytes = Array(text.utf8)
            let (byHand, decoded) = (try? T.read(bytes), try? JSON.decode(T.self, from: bytes))
            #expect(decoded == nil || byHand == decoded, "\(text)")
        }
    }
}
