import ArgumentParser
import Images

struct Logout: Verb {
    static let configuration = CommandConfiguration.verb(
        "logout", "Forget a registry's user and password.", example: "boxtop logout registry.example.org")

    @Flag(name: [.short, .long], help: "Of all registries.")
    var all = false
    @Argument(help: "HOST or HOST:PORT; docker.io without it.") var registry = "docker.io"

    func run(in context: Context) throws -> Int32 {
        let store = CredentialStore(environment: context.environment)
        let registry = all ? nil : try RegistryName.read(registry)
        // What is as it was wished to be is no failure: scripts log out of what they may not have logged in to.
        let sentence =
            try store.forget(registry)
            ? "forgot \(registry ?? "all registries")"
            : "nothing is kept for \(registry ?? "any registry") in \(store.ownFile)"
        Stream.output.say(sentence)
        return 0
    }
}
