import Linux
import Testing

/// A person who makes themself known to a registry: Debian's, on loopback, that wants a password.
@Suite(.serialized, .enabled(if: RegistryHost.obstacle == nil, Comment(rawValue: RegistryHost.obstacle ?? "")))
struct LoginTests {
    private let place: CommandLinePlace
    private let registry: RegistryHost

    init() throws {
        place = try CommandLinePlace()
        registry = try RegistryHost(in: place.folder, user: "anna", password: "secret")
    }

    private var file: String { "\(place.folder)/home/.config/containers/auth.json" }

    @Test func `a password is kept once the registry takes it, for its owner's eyes alone, and forgotten`() throws {
        place.run("image", "import", "-q", place.rootfs, "one")
        let name = "\(registry.local)/one"
        let stranger = place.run("image", "push", "-q", "one", name)
        #expect(stranger.code == 1 && stranger.error.contains("boxtop login \(registry.local)"), "\(stranger)")

        let wrong = place.run(["login", "-u", "anna", "--password-stdin", registry.local], input: "guess\n")
        #expect(wrong.code == 1 && wrong.error.contains("does not let these credentials"), "\(wrong)")
        #expect(!Files.exists(file))

        let right = place.run(["login", "-u", "anna", "--password-stdin", registry.local], input: "secret\n")
        #expect(right.output == "Login Succeeded: \(registry.local) lets anna in; kept in \(file)\n", "\(right)")
        #expect(place.shell("stat -c %a \(file)").output == "600\n")
        #expect(place.run("image", "push", "-q", "one", name).code == 0)
        #expect(place.run("image", "pull", "-q", name).code == 0)
        // As podman and skopeo read it.
        let peer = place.shell("skopeo inspect --tls-verify=false --authfile \(file) docker://\(name)")
        #expect(peer.code == 0, "\(peer.error)")

        #expect(place.run("logout", registry.local).output == "forgot \(registry.local)\n")
        #expect(place.run("image", "pull", "-q", name).code == 1)
        for (words, what) in [([registry.local], registry.local), (["--all"], "any registry")] {
            let again = place.run(["logout"] + words)
            #expect(again.code == 0 && again.output == "nothing is kept for \(what) in \(file)\n", "\(again)")
        }
    }

    @Test func `credentials go where DOCKER_CONFIG says, and what else is in that file stays`() throws {
        let folder = "\(place.folder)/job"
        try Files.makeDirectories(folder)
        try Files.replace("\(folder)/config.json", with: Array(#"{"psFormat":"{{.ID}}","HttpHeaders":{"a":"b"}}"#.utf8))
        let right = place.run(
            ["--config", folder, "login", "-u", "anna", "--password-stdin", registry.local], input: "secret\n")
        #expect(right.code == 0 && right.output.contains("kept in \(folder)/config.json"), "\(right)")
        #expect(!Files.exists(file))
        let kept = place.shell("cat \(folder)/config.json").output
        #expect(kept.contains(#""psFormat": "{{.ID}}""#) && kept.contains(registry.local), "\(kept)")
        let gone = place.run(["--config", folder, "logout", registry.local])
        #expect(gone.output == "forgot \(registry.local)\n", "\(gone)")
        #expect(place.shell("cat \(folder)/config.json").output.contains("HttpHeaders"))
    }

    @Test func `a registry's address is its name, with a scheme and a slash or without`() {
        let address = "http://\(registry.local)/"
        let right = place.run(["login", "-u", "anna", "--password-stdin", address], input: "secret\n")
        #expect(right.output == "Login Succeeded: \(registry.local) lets anna in; kept in \(file)\n", "\(right)")
        #expect(place.run("logout", "https://\(registry.local)").output == "forgot \(registry.local)\n")
    }

    @Test func `a password that is typed is not shown, and goes with ctrl-c`() {
        let terminal = TypedTerminal(place, ["login", registry.local])
        #expect(terminal.shows("User: "))
        terminal.type("anna\n")
        #expect(terminal.shows("Password: "))
        terminal.type("secret\n")
        #expect(terminal.shows("lets anna in"))
        #expect(!terminal.everything.contains("secret"))
        #expect(terminal.wait() == 0)
        #expect(terminal.isCooked)
        #expect(place.run("logout", registry.local).code == 0)

        let other = TypedTerminal(place, ["login", "-u", "anna", registry.local])
        #expect(other.shows("Password: "))
        other.type("sec\u{03}")
        #expect(other.shows("nothing was typed, nothing is kept"))
        #expect(other.wait() == 130)
        #expect(other.isCooked)
        #expect(!(Files.text(file) ?? "").contains(registry.local))
    }

    @Test(arguments: [
        (["-u", "anna", "-p", "x", "host/path"], "host/path is no registry"),
        (["-u", "an:na", "-p", "x", "localhost:9"], "a user's name has no colon"),
        (["-u", "", "-p", "x", "localhost:9"], "wants a user and a password"),
        (["localhost:9"], "asks at a terminal"),
        (["-u", "anna", "-p", "x", "127.0.0.1:9"], "cannot reach 127.0.0.1:9"),
    ])
    func `what cannot be is said, and nothing is kept`(words: [String], sentence: String) {
        let refused = place.run(["login"] + words)
        #expect(refused.code == 1 && refused.error.contains(sentence), "\(refused)")
        #expect(!Files.exists(file))
    }
}
