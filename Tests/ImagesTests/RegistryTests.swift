import CLinux
import Glibc
import Linux
import OCI
import Testing

@testable import Images

/// Registries as Debian has them, on loopback.
@Suite(.serialized, .enabled(if: RegistryPlace.obstacle == nil, "needs docker-registry, openssl, apache2-utils"))
struct RegistryTests {
    private func push(
        _ test: TestStore, _ name: String, _ target: String, _ options: RegistryOptions,
        _ say: @escaping (TransferEvent) -> Void = { _ in }
    ) throws -> Digest {
        try test.store.push(name, to: try Reference(target), options: options, say: say)
    }

    private func pull(
        _ test: TestStore, _ name: String, _ options: RegistryOptions,
        _ say: @escaping (TransferEvent) -> Void = { _ in }
    ) throws -> Image {
        try test.store.pull(PullRequest(try Reference(name)), options: options, say: say)
    }

    @Test func `what is pushed is pulled as the same image, unpacked and whole`() throws {
        let (place, one, two) = (try RegistryPlace(), try TestStore("a"), try TestStore())
        let digest = try push(one, "a", "\(place.host)/team/a:1", place.options)
        let image = try pull(two, "\(place.host)/team/a:1", place.options)
        #expect(image.digest == digest && image.name == "\(place.host)/team/a:1")
        #expect(try two.store.verify().problems.isEmpty)
        #expect(Files.exists(two.store.layerPath(image.configuration.rootfs.diffIDs[0])))
        let byDigest = try pull(two, "\(place.host)/team/a@\(digest)", place.options)
        #expect(byDigest.digest == digest)
        #expect(try two.store.resolve("\(place.host)/team/a@\(digest)").digest == digest)
    }

    @Test func `what is there already is neither sent nor fetched again, and is taken from another repository`() throws
    {
        let (place, one, two) = (try RegistryPlace(), try TestStore("a"), try TestStore())
        _ = try push(one, "a", "\(place.host)/a:1", place.options)
        final class Ends { var all: [TransferEvent.End] = [] }
        let ends = Ends()
        let note: (TransferEvent) -> Void = { if case .ended(_, let end) = $0 { ends.all.append(end) } }
        _ = try push(one, "a", "\(place.host)/a:2", place.options, note)
        #expect(ends.all == [.present, .present])
        _ = try pull(two, "\(place.host)/a:1", place.options)
        ends.all = []
        _ = try pull(two, "\(place.host)/a:2", place.options, note)
        #expect(ends.all == [.present, .present])
        ends.all = []
        _ = try push(two, "\(place.host)/a:1", "\(place.host)/b:1", place.options, note)
        #expect(ends.all.contains(.mounted))
    }

    @Test func `a stranger, an unknown authority and an unknown name are each told so`() throws {
        let (place, one) = (try RegistryPlace(), try TestStore("a"))
        var options = place.options
        options.credentials = nil
        #expect(throws: ImageError.unauthorised(place.host, given: false)) {
            try push(one, "a", "\(place.host)/a", options)
        }
        options.credentials = Credentials(user: "anna", password: "wrong")
        #expect(throws: ImageError.unauthorised(place.host, given: true)) {
            try push(one, "a", "\(place.host)/a", options)
        }
        #expect(throws: ImageError.registry(place.host, reason: "there is no nothing:latest")) {
            try pull(one, "\(place.host)/nothing", place.options)
        }
        unlink("\(place.folder)/home/.config/containers/certs.d/\(place.host)/ca.crt")
        do {
            _ = try push(one, "a", "\(place.host)/a", place.options)
            Issue.record("it was trusted")
        } catch ImageError.unreachable(_, _, let fault) { #expect(fault == .untrusted) }
        options = place.options
        options.insecure = true
        _ = try push(one, "a", "\(place.host)/a", options)
    }

    @Test func `plain HTTP is spoken to this machine`() throws {
        let (place, one) = (try RegistryPlace(secure: false), try TestStore("a"))
        let digest = try push(one, "a", "\(place.host)/a", place.options)
        #expect(try pull(one, "127.0.0.1:\(place.port)/a", place.options).digest == digest)
    }

    @Test func `credentials come from auth json, docker's config json and helpers`() throws {
        let (place, one) = (try RegistryPlace(), try TestStore("a"))
        let options = RegistryOptions(environment: place.environment)
        let store = CredentialStore(environment: place.environment)
        try store.keep(Credentials(user: "anna", password: "secret"), for: place.host)
        _ = try push(one, "a", "\(place.host)/a:1", options)
        var status = stat()
        #expect(stat(store.ownFile, &status) == 0 && status.st_mode & 0o777 == 0o600)
        #expect(try store.forget(place.host) && !store.forget(place.host))
        #expect(throws: ImageError.unauthorised(place.host, given: false)) {
            try push(one, "a", "\(place.host)/a:1", options)
        }
        let docker = "\(place.folder)/home/.docker"
        try Files.makeDirectories(docker)
        try Files.replace(
            "\(docker)/config.json",
            with: #"{"auths":{"https://\#(place.host)/v1/":{"auth":"YW5uYTpzZWNyZXQ="}},"other":1}"#.utf8)
        _ = try push(one, "a", "\(place.host)/a:2", options)
        try Files.makeDirectories("\(place.folder)/bin")
        let script =
            #"#!/bin/sh\#nread host; [ "$host" = \#(place.host) ] && echo '{"Username":"anna","Secret":"secret"}'\#n"#
        try Files.replace("\(place.folder)/bin/docker-credential-test", with: script.utf8, mode: 0o755)
        try Files.replace("\(docker)/config.json", with: #"{"credHelpers":{"\#(place.host)":"test"}}"#.utf8)
        let path = String(cString: getenv("PATH"))
        setenv("PATH", "\(place.folder)/bin:\(path)", 1)
        defer { setenv("PATH", path, 1) }
        _ = try push(one, "a", "\(place.host)/a:3", options)
    }

    @Test func `a token is fetched for what is to be done and no more, with a password or an identity`() throws {
        let (place, one) = (try RegistryPlace(secure: false, tokens: true), try TestStore("a"))
        var options = RegistryOptions(environment: place.environment)
        options.credentials = Credentials(user: "anna", password: "secret")
        let digest = try push(one, "a", "\(place.host)/team/a", options)
        #expect(place.askedForTokens() == ["anna repository:team/a:pull,push"])
        // Anybody may pull.
        options.credentials = nil
        #expect(try pull(try TestStore(), "\(place.host)/team/a", options).digest == digest)
        #expect(place.askedForTokens() == ["- repository:team/a:pull"])
        #expect(throws: ImageError.self) { try push(one, "a", "\(place.host)/team/b", options) }
        options.credentials = Credentials(user: "anna", password: "guess")
        #expect(throws: ImageError.unauthorised(place.host, given: true)) {
            try pull(try TestStore(), "\(place.host)/team/a", options)
        }
        _ = place.askedForTokens()
        options.credentials = Credentials(user: "anna", password: "", identityToken: "identity")
        _ = try push(one, "a", "\(place.host)/team/c", options)
        #expect(place.askedForTokens() == ["anna repository:team/c:pull,push"])
        // A login is asked for nothing in particular.
        try options.check(Credentials(user: "anna", password: "secret"), at: place.host)
        #expect(place.askedForTokens() == ["anna"])
    }

    @Test func `whoever is not shown an image is told that it may not be there, and whether it knew who asks`() throws {
        let (place, one) = (try RegistryPlace(secure: false, tokens: true), try TestStore("a"))
        var options = RegistryOptions(environment: place.environment)
        let name = "\(place.host)/private/a"
        #expect(throws: ImageError.hidden("private/a:latest", place.host, given: false)) {
            try pull(one, name, options)
        }
        #expect(throws: ImageError.unauthorised(place.host, given: false)) { try push(one, "a", name, options) }
        options.credentials = Credentials(user: "anna", password: "secret")
        #expect(throws: ImageError.registry(place.host, reason: "there is no private/a:latest")) {
            try pull(one, name, options)
        }
    }

    @Test func `a download and an upload go on where a killed registry left them`() throws {
        let (place, one, two) = (try RegistryPlace(), try TestStore(), try TestStore())
        let root = "\(one.path)/root"
        try Files.makeDirectories(root)
        #expect(try run(["sh", "-c", "head -c 24000000 /dev/urandom >\(root)/data"]).status == 0)
        var request = ImportRequest(source: root, name: try Reference("big"))
        request.compression = .none
        let image = try one.store.importRoot(request)
        var options = place.options
        options.rate = 12_000_000
        final class Course { var (killed, moved, least) = (false, Int64(0), Int64.max) }
        func watch(_ course: Course) -> (TransferEvent) -> Void {
            { event in
                switch event {
                case .moved(image.manifest.layers[0].digest, let count):
                    course.moved = count
                    if course.killed { course.least = min(course.least, count) }
                    guard !course.killed, count > 4_000_000 else { return }
                    course.killed = true
                    place.stop()
                case .retries: if course.killed { try? place.start() }
                default: break
                }
            }
        }
        let up = Course()
        let digest = try push(one, "big", "\(place.host)/big", options, watch(up))
        #expect(up.killed)
        let down = Course()
        #expect(try pull(two, "\(place.host)/big", options, watch(down)).digest == digest)
        #expect(down.killed && down.least > 3_000_000)
        #expect(try two.store.verify().problems.isEmpty)
    }

    @Test func `what a killed pull has left is gone on with, and is thrown away where it is another's`() throws {
        let (place, one, two) = (try RegistryPlace(), try TestStore("a"), try TestStore())
        _ = try push(one, "a", "\(place.host)/a", place.options)
        let layer = try one.store.resolve("a").manifest.layers[0]
        let bytes = try Files.read(one.store.path(of: layer.digest))
        try two.store.prepare()
        let partial = "\(two.store.ingest)/\(layer.digest.hex).partial"
        for left in [Array(bytes.prefix(50)), [UInt8](repeating: 7, count: 50), bytes, bytes + [1, 2]] {
            try Files.replace(partial, with: left, durable: false)
            _ = try pull(two, "\(place.host)/a", place.options)
            #expect(try two.store.verify().problems.isEmpty && !Files.exists(partial))
            unlink(two.store.path(of: layer.digest))
        }
    }

    @Test(.enabled(if: isInstalled("skopeo"), "needs skopeo"))
    func `skopeo copies in what is pulled here, and out what was pushed here`() throws {
        let (place, one, two) = (try RegistryPlace(), try TestStore("a"), try TestStore())
        _ = try push(one, "a", "\(place.host)/a", place.options)
        let flags = "--src-tls-verify=false --dest-tls-verify=false"
        for format in ["oci", "v2s2"] {
            let copied = try run([
                "sh", "-c",
                """
                skopeo --insecure-policy copy -q -f \(format) \(flags) --src-creds anna:secret --dest-creds anna:secret \
                docker://\(place.host)/a docker://\(place.host)/copied:\(format)
                """,
            ])
            #expect(copied.status == 0, "\(copied.output)")
            let image = try pull(two, "\(place.host)/copied:\(format)", place.options)
            #expect(image.configuration == (try one.store.resolve("a").configuration))
        }
    }
}
