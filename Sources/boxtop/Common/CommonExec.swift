import Containers
import Flags

/// An `exec` with common flags alone.
struct CommonExec {
    private let container: String
    private let request: ExecRequest

    init?(_ words: [String]) {
        var request = ExecRequest([])
        var words = CommonWords(words)
        let isKnown = words.read { flag in
            switch flag {
            case "-d", "--detach": request.detach = true
            case "-i", "--interactive": request.openInput = true
            case "-t", "--tty": request.terminal = true
            case "--privileged": request.privileged = true
            default: return false
            }
            return true
        } value: { name, text in
            switch name {
            case "-e", "--env":
                guard let variable = try? FlagValue(name, text).variable() else { return false }
                request.environment.append(variable)
            case "-u" where request.user == nil, "--user" where request.user == nil: request.user = text
            case "-w" where request.workdir == nil, "--workdir" where request.workdir == nil: request.workdir = text
            default: return false
            }
            return true
        }
        guard isKnown, let container = words.rest.popFirst(), !words.rest.isEmpty, !words.rest.contains("--")
        else { return nil }
        self.container = container
        request.command = Array(words.rest)
        self.request = request
    }

    func run(in context: Context) throws -> Int32 { try Exec.exec(request, in: container, .usual, context) }
}
