import ArgumentParser
import Dashboard

/// The manual page, made of the same tables that the help, the footer and the parser use: it cannot fall behind them.
struct Manual: Verb {
    static let configuration = CommandConfiguration(
        commandName: "manual", abstract: "Print the manual page, for man(1).", shouldDisplay: false)

    func run(in context: Context) throws -> Int32 {
        Stream.output.write(Self.page)
        return 0
    }

    static var page: String { head + verbs + ".SH KEYS\n" + keys + endings }

    private static let head = """
        .TH BOXTOP 1 "" "boxtop \(Version.number)" "User Commands"
        .SH NAME
        boxtop \\- top for containers, and their runtime in one
        .SH SYNOPSIS
        .B boxtop
        [\\fIPLACES\\fR] [\\fIVERB\\fR [\\fIARGUMENTS\\fR]]
        .SH DESCRIPTION
        Without a verb, in a terminal,
        .B boxtop
        opens a dashboard of all containers with live gauges, on which they are made, started, stopped, paused, limited
        and opened with the keyboard. Off a terminal it prints the table once. There is no daemon: each container has a
        small supervisor of its own, and closing the dashboard touches none.
        .PP
        Containers are named by name, id or the beginning of an id.
        \(escaped(Places.help))
        .SH VERBS
        Each has its own
        .BR \\-\\-help .

        """

    private static var verbs: String {
        Boxtop.groups.map { group in
            ".SS \(group.title)\n"
                + group.verbs.map { verb in
                    ".TP\n.B \(escaped(verb._commandName))\n\(escaped(verb.configuration.abstract))\n"
                }.joined()
        }.joined()
    }

    private static var keys: String {
        Dashboard.Context.allCases.map { context in
            ".SS \(context.title)\n"
                + KeyMap.bindings(in: context).map { binding in
                    ".TP\n.B \(escaped(binding.keyNames))\n\(escaped(binding.help))\n"
                }.joined()
        }.joined()
    }

    private static let endings = """
        .SH EXIT STATUS
        What the container's program ended with;
        .B 125
        where boxtop itself could not do it,
        .B 126
        where the program cannot be executed,
        .B 127
        where it is not there, 128 and the number of the signal that ended it. Other verbs end with 0, or 1 and a
        sentence on standard error; 64 says that the arguments make no sense.
        .SH FILES
        .TP
        .I /var/lib/boxtop
        images, containers, volumes; as an ordinary user below $XDG_DATA_HOME
        .TP
        .I /run/boxtop
        what runs now, one folder a container; as an ordinary user below $XDG_RUNTIME_DIR, or /run/user/UID
        .SH SEE ALSO
        .BR top (1),
        .BR cgroups (7),
        .BR namespaces (7)

        """

    /// Text that means nothing to roff(7).
    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "\\": result += "\\e"
            case "-": result += "\\-"
            case ".", "'": result += (result.isEmpty || result.last == "\n" ? "\\&" : "") + String(character)
            default: result.append(character)
            }
        }
        return result
    }
}
