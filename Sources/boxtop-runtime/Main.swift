import Glibc

@main struct Main {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        switch arguments.first {
        case "supervise": exit(SuperviseVerb.run(arguments.dropFirst()))
        case "enter": exit(EnterVerb.run(arguments.dropFirst()))
        default: exit(125)
        }
    }
}
