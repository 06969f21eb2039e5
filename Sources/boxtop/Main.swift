import Glibc

// For trying the screen until the commands are there.
@main struct Main {
    static func main() {
        let arguments = CommandLine.arguments
        var environment: [String: String] = [:]
        for name in ["TERM", "COLORTERM", "NO_COLOR", "HOME", "XDG_CONFIG_HOME"] {
            environment[name] = getenv(name).map { String(cString: $0) }
        }
        do {
            try runDemo(count: arguments.count > 2 ? Int(arguments[2]) ?? 9 : 9, environment: environment)
        } catch {
            print(error)
            exit(1)
        }
    }
}
