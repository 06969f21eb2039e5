import Glibc

/// The options before the verb, which say where everything lies. They become environment variables, so that whatever this
/// process starts sees the same.
enum Places {
    private static func variable(of option: Substring) -> String? {
        switch option {
        case "--state": "BOXTOP_STATE"
        case "--run": "BOXTOP_RUN"
        case "--cgroup-parent": "BOXTOP_CGROUP_PARENT"
        case "--runtime": "BOXTOP_RUNTIME"
        case "--config": "DOCKER_CONFIG"
        default: nil
        }
    }

    /// Takes these options away from the front of `arguments`.
    static func take(from arguments: inout [String]) throws(Failure) {
        while let argument = arguments.first {
            if isDebug(argument) {
                arguments.removeFirst()
                continue
            }
            let split = argument.firstIndex(of: "=")
            guard let variable = variable(of: argument[..<(split ?? argument.endIndex)]) else { return }
            arguments.removeFirst()
            if let split {
                setenv(variable, String(argument[argument.index(after: split)...]), 1)
            } else {
                guard !arguments.isEmpty else {
                    throw Failure("\(argument) needs a value; write \(argument) /PATH before the verb")
                }
                setenv(variable, arguments.removeFirst(), 1)
            }
        }
    }

    /// Docker's wish for more words of its daemon, of which there is none.
    private static func isDebug(_ argument: String) -> Bool { argument == "-D" || argument == "--debug" }

    static let help = """
        Where everything lies is said before the verb: --state DIR (images, containers, volumes; BOXTOP_STATE), \
        --run DIR (status files and sockets; BOXTOP_RUN), --cgroup-parent PATH (BOXTOP_CGROUP_PARENT), \
        --runtime FILE (the boxtop-runtime to use; BOXTOP_RUNTIME) and --config DIR (docker's config.json with \
        credentials; DOCKER_CONFIG).
        """
}
