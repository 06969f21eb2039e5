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
        guard try store.forget(all ? nil : registry) else {
            throw Failure("nothing is kept for \(all ? "any registry" : printable(registry)) in \(store.ownFile)")
        }
        Stream.output.say("forgot \(all ? "all registries" : registry)")
        return 0
    }
}
