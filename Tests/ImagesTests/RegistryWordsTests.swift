import Linux
import Testing

@testable import Images

/// What registries say and what people have written, read.
@Suite struct RegistryWordsTests {
    @Test func `challenges are read, several in a header, with commas and quotes in them`() {
        #expect(
            Challenge.parse(#"Bearer realm="https://a/t",service="a b",scope="repository:x:pull,push", Basic realm=z"#)
                == [
                    Challenge(
                        scheme: "bearer",
                        parameters: ["realm": "https://a/t", "service": "a b", "scope": "repository:x:pull,push"]),
                    Challenge(scheme: "basic", parameters: ["realm": "z"]),
                ])
        for hostile in ["", "=", "\"", "a=\"", "Bearer realm=\"x", String(repeating: "a ", count: 9_999)] {
            #expect(Challenge.parse(hostile).count <= 17)
        }
        #expect(Challenge.parse(#"Basic realm="a\"b""#).first?.parameters["realm"] == "a\"b")
    }

    @Test(arguments: ["", "f", "fo", "foo", "foob", "anna:sécret"])
    func `base64 goes there and back`(text: String) {
        let written = Base64.encode(text.utf8)
        #expect(Base64.decode(written).map { String(decoding: $0, as: UTF8.self) } == text)
        #expect(written.utf8.count % 4 == 0 && Base64.decode("a*b") == nil)
    }

    @Test func `the longest key that fits counts`() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/auth.json"
        func auth(_ user: String) -> String { "{\"auth\":\"\(Base64.encode("\(user):p".utf8))\"}" }
        let text = """
            {"auths":{"r:5000":\(auth("all")),"r:5000/team":\(auth("team")),"r:5000/team/web":\(auth("web")),\
            "https://index.docker.io/v1/":\(auth("hub")),"empty":{}}}
            """
        try Files.replace(path, with: text.utf8)
        let file = try #require(try CredentialFile.read(path))
        for (place, user) in [
            ("r:5000/team/web", "web"), ("r:5000/team/web/x", "web"), ("r:5000/team/db", "team"), ("r:5000/x", "all"),
            ("docker.io/library/nginx", "hub"), ("other/x", nil), ("empty", nil),
        ] { #expect(file.entry(for: place)?.credentials?.user == user, "\(place)") }
        try Files.replace(path, with: "[1]".utf8)
        #expect(throws: ImageError.self) { try CredentialFile.read(path) }
        #expect(try CredentialFile.read("\(folder.path)/none") == nil)
    }

    @Test func `plain HTTP is for this machine, and where it was asked for`() {
        var options = RegistryOptions(environment: [:])
        for local in ["localhost", "localhost:5000", "127.0.0.1:1", "127.9.9.9", "[::1]:5000"] {
            #expect(options.addresses(of: local) == ["https://\(local)", "http://\(local)"], "\(local)")
        }
        for remote in ["docker.io", "localhost.example.org", "128.0.0.1", "127.example.org", "[fe80::1]"] {
            #expect(options.addresses(of: remote).count == 1, "\(remote)")
        }
        #expect(options.addresses(of: "docker.io") == ["https://registry-1.docker.io"])
        options.insecure = true
        #expect(options.addresses(of: "a.org") == ["https://a.org", "http://a.org"])
    }

    @Test(arguments: [
        ("https://host:5000", "host:5000"), ("host.org/", "host.org"), ("http://[::1]:5000/v2/", "[::1]:5000"),
        ("https://index.docker.io/v1/", "docker.io"), ("docker.io", "docker.io"), ("localhost", "localhost"),
        ("host/path", nil), ("host.org/team/web", nil), ("nowhere", nil), ("", nil), ("https://", nil),
        ("a b.org", nil),
    ])
    func `a registry is one thing however its address is typed`(text: String, registry: String?) {
        #expect((try? RegistryName.read(text)) == registry)
    }

    @Test func `the next page of a list is where its link leads`() {
        #expect(RegistryClient.nextPage("</v2/a/tags/list?last=b&n=9>; rel=\"next\"") == "/v2/a/tags/list?last=b&n=9")
        for text in ["", "</v2/a>; rel=\"prev\"", "rel=\"next\"", ">a<; rel=next"] {
            #expect(RegistryClient.nextPage(text) == nil)
        }
    }

    @Test func `the wait before another attempt doubles, has an end, and is the server's where it says one`() {
        for (attempt, seconds) in [(1, 0.25), (2, 0.5), (4, 2), (9, 10), (99, 10)] {
            let delay = RegistryClient.delay(attempt, nil)
            #expect(delay >= seconds * 0.7 && delay <= seconds * 1.3, "\(attempt)")
        }
        func answer(_ text: String) -> HTTPAnswer {
            HTTPAnswer(status: 429, headers: "HTTP/1.1 429\r\nretry-after: \(text)\r\n")
        }
        #expect(RegistryClient.delay(1, answer("3")) == 3 && RegistryClient.delay(1, answer("9999")) == 60)
        for text in ["tomorrow", "nan", "-1", "0x10", "1e300", "", "Sun, 99 Nov 1994 08:49:37 GMT"] {
            let delay = RegistryClient.delay(1, answer(text))
            #expect(delay > 0 && delay < 1, "\(text)")
        }
        #expect(RegistryClient.delay(1, answer(String(repeating: "9", count: 500))) == 60)
        let time = Timestamp(nanoseconds: 784_111_700_000_000_000)
        #expect(RegistryClient.retryAfter("Sun, 06 Nov 1994 08:49:37 GMT", now: time) == 77)
        #expect(RegistryClient.delay(1, answer("Sun, 06 Nov 1994 08:49:37 GMT")) == 0)
    }
}
