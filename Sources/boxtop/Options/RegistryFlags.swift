import ArgumentParser
import Flags
import Images

/// How a registry is spoken to.
struct RegistryFlags: ParsableArguments {
    @Flag(name: .long, help: "Trust any certificate, and speak plain HTTP where there is none.")
    var insecure = false
    @Option(name: .long, help: ArgumentHelp("In place of what login has kept.", valueName: "user:password"))
    var creds: String?
    @Option(
        name: .customLong("cert-dir"), help: "A folder with *.crt, and *.cert with *.key, for this registry.",
        completion: .directory)
    var certificates: String?
    @Option(name: .customLong("limit-rate"), help: "At most so many bytes a second for each part: 500k, 2m.")
    var rate: String?

    func options(in context: Context) throws -> RegistryOptions {
        var options = RegistryOptions(environment: context.environment)
        options.insecure = insecure
        options.certificates = certificates
        if let creds {
            let parts = creds.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else { throw Failure("--creds wants USER:PASSWORD") }
            options.credentials = Credentials(user: String(parts[0]), password: String(parts[1]))
        }
        if let rate { options.rate = Int64(clamping: try FlagValue("--limit-rate", rate).bytes()) }
        return options
    }
}
