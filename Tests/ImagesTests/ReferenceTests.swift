import Images
import OCI
import Testing

private let hex = String(repeating: "0123456789abcdef", count: 4)

@Suite struct ReferenceTests {
    @Test(
        arguments: [
            ("nginx", "docker.io/library/nginx:latest", "nginx:latest"),
            ("nginx:1.27", "docker.io/library/nginx:1.27", "nginx:1.27"),
            ("team/web", "docker.io/team/web:latest", "team/web:latest"),
            ("a/b/c:x", "docker.io/a/b/c:x", "a/b/c:x"),
            ("docker.io/nginx", "docker.io/library/nginx:latest", "nginx:latest"),
            ("index.docker.io/library/nginx", "docker.io/library/nginx:latest", "nginx:latest"),
            ("docker.io/library/a/b", "docker.io/library/a/b:latest", "library/a/b:latest"),
            // Without its registry this would be of the registry a.b: the fuzzer's find.
            ("docker.io/a.b/c", "docker.io/a.b/c:latest", "docker.io/a.b/c:latest"),
            ("localhost/x", "localhost/x:latest", "localhost/x:latest"),
            ("localhost:5000/a/b:tag", "localhost:5000/a/b:tag", "localhost:5000/a/b:tag"),
            ("host:5000/a/b", "host:5000/a/b:latest", "host:5000/a/b:latest"),
            ("ghcr.io/Team/x".lowercased(), "ghcr.io/team/x:latest", "ghcr.io/team/x:latest"),
            ("[fe80::1]:5000/x:1", "[fe80::1]:5000/x:1", "[fe80::1]:5000/x:1"),
            ("nginx@sha256:\(hex)", "docker.io/library/nginx@sha256:\(hex)", "nginx@sha256:\(hex)"),
            (
                "h:1/a/b:t@sha256:\(hex)", "h:1/a/b:t@sha256:\(hex)", "h:1/a/b:t@sha256:\(hex)"
            ),
            ("a-b__c.d_e--f:V1_.-", "docker.io/library/a-b__c.d_e--f:V1_.-", "a-b__c.d_e--f:V1_.-"),
        ])
    func `a name is read as docker reads it`(text: String, canonical: String, familiar: String) throws {
        let reference = try Reference(text)
        #expect(reference.canonical == canonical)
        #expect(reference.description == familiar)
        #expect(try Reference(reference.description) == reference)
        #expect(try Reference(reference.canonical) == reference)
    }

    @Test(arguments: [
        "", ":", "a:", ":tag", "/", "/a", "a/", "a//b", "UPPER", "team/Web", "a:-x", "a:.x", "a b", "a\nb", "a_", "_a",
        "a..b", "a___b", "a.-b", "a@", "a@sha256:12", "a@md5:\(hex)", "a:\(String(repeating: "t", count: 129))",
        "host:99999/a", "host:/a", "-h.x/a", "a@sha256:\(hex.uppercased())", hex, "../a", "a/../b", "é",
        String(repeating: "a", count: 300), "a:b:c", "localhost:5000/",
    ])
    func `what is no name is refused, with the reason`(text: String) {
        #expect(throws: ImageError.self) { try Reference(text) }
    }

    @Test func `a digest is 64 small hex digits after sha256`() {
        #expect(Digest("sha256:\(hex)")?.hex == hex)
        #expect(Digest("sha256:\(hex)")?.short == "0123456789ab")
        #expect(Digest(hex) == nil)
        #expect(Digest("sha512:\(hex)") == nil)
        #expect(Digest("sha256:\(hex.dropLast())") == nil)
        #expect(Digest("sha256:\(hex.uppercased())") == nil)
        #expect(Digest("sha256:../../\(hex.dropFirst(6))") == nil)
        #expect(Digest(bytes: [UInt8](repeating: 0xA5, count: 32))?.hex == String(repeating: "a5", count: 32))
    }
}
