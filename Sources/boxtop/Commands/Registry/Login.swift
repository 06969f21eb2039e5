import ArgumentParser
import Images
import Linux

struct Login: Verb {
    static let configuration = CommandConfiguration.verb(
        "login", "Keep a registry's user and password, after asking it whether they are right.",
        example: "boxtop login -u anna --password-stdin registry.example.org <secret", usage: "[-u USER] [REGISTRY]",
        discussion: "They go into auth.json, where podman and skopeo find them too, or where REGISTRY_AUTH_FILE or "
            + "DOCKER_CONFIG says, in a file that only you can read.")

    @Option(name: .joined("u", "username"), help: "The user; asked for without it.")
    var user: String?
    @Option(name: .joined("p", "password"), help: "Anybody on this machine can see it: better --password-stdin.")
    var password: String?
    @Flag(name: .customLong("password-stdin"), help: "The password is the first line of standard input.")
    var fromInput = false
    @Flag(name: .long, help: "Trust any certificate, and speak plain HTTP where there is none.")
    var insecure = false
    @Option(name: .customLong("cert-dir"), help: "A folder with *.crt, and *.cert with *.key.", completion: .directory)
    var certificates: String?
    @Argument(help: "HOST or HOST:PORT; docker.io without it.") var registry = "docker.io"

    func run(in context: Context) throws -> Int32 {
        let registry = try RegistryName.read(registry)
        let user = try user ?? Prompt.answer(to: "User: ", secret: false)
        let secret =
            try password ?? (fromInput ? readLine() ?? "" : Prompt.answer(to: "Password: ", secret: true))
        guard !user.isEmpty, !secret.isEmpty else { throw Failure("login wants a user and a password") }
        guard !user.contains(":") else { throw Failure("a user's name has no colon") }
        var options = RegistryOptions(environment: context.environment)
        options.insecure = insecure
        options.certificates = certificates
        let credentials = Credentials(user: user, password: secret)
        try options.check(credentials, at: registry)
        let store = CredentialStore(environment: context.environment)
        try store.keep(credentials, for: registry)
        Stream.output.say("Login Succeeded: \(registry) lets \(printable(user)) in; kept in \(store.ownFile)")
        return 0
    }
}
