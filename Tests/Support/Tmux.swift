import Glibc

/// A terminal of one's own, for a program to run in: a tmux server on a socket that nobody else uses.
package final class Tmux {
    private let socket: String
    private let locale: String

    /// `boxtop`, built beside the tests.
    package static let program = BuiltProgram.path(of: "boxtop")

    package static let isThere = access("/usr/bin/tmux", X_OK) == 0 && access(program, X_OK) == 0

    /// Starts `command` in a terminal of `columns` × `rows`; a shell stays behind it, so that what is left shows.
    package init(
        _ command: String, columns: Int = 120, rows: Int = 30, locale: String = "C.UTF-8", extra: String = ""
    ) {
        socket = "boxtop-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        self.locale = locale
        let shell =
            "stty sane; \(extra) \(command); echo; echo status=$?; stty -a | tr ' ;' '\\n\\n' | grep -xE -- '-?(icanon|echo)'; exec cat"
        tmux("-f /dev/null new-session -d -x \(columns) -y \(rows) \(Self.quoted("exec sh -c \(Self.quoted(shell))"))")
    }

    deinit { tmux("kill-server") }

    package static func quoted(_ text: String) -> String {
        "'\(text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''"))'"
    }

    @discardableResult
    package func tmux(_ arguments: String) -> String {
        Command.output("SHELL=/bin/sh LC_ALL=\(locale) tmux -u -L \(socket) \(arguments) 2>/dev/null")
    }

    package func press(_ keys: String...) { for key in keys { tmux("send-keys \(Self.quoted(key))") } }

    /// Types `text` as it stands, blanks and all.
    package func type(_ text: String) { tmux("send-keys -l \(Self.quoted(text))") }

    /// What is on the screen now.
    package var screen: String { tmux("capture-pane -p") }

    /// The same with its colours, as escape sequences.
    package var colouredScreen: String { tmux("capture-pane -e -p") }

    /// Waits until `text` is on the screen, five seconds at most.
    package func shows(_ text: String, within seconds: Double = 5) -> Bool {
        becomes(within: seconds) { $0.contains(text) }
    }

    /// Waits until `text` has gone from it.
    package func hides(_ text: String, within seconds: Double = 5) -> Bool {
        becomes(within: seconds) { !$0.contains(text) }
    }

    /// Waits until the screen is as `condition` has it.
    package func becomes(within seconds: Double = 5, _ condition: (String) -> Bool) -> Bool {
        for _ in 0..<Int(seconds * 20 * patience) {
            if condition(screen) { return true }
            usleep(50_000)
        }
        return condition(screen)
    }

    package func resize(columns: Int, rows: Int) { tmux("resize-window -x \(columns) -y \(rows)") }

    /// The process id of the program in it.
    package var programId: Int32? {
        let shell = tmux("display-message -p '#{pane_pid}'").split(separator: "\n").first.map(String.init) ?? "0"
        return Int32(Command.output("pgrep -P \(shell) -x boxtop").split(separator: "\n").first ?? "")
    }

    /// Whether the terminal is as a shell wants it, the alternate screen left.
    package var isRestored: Bool {
        shows("\nicanon") && shows("\necho") && tmux("display-message -p '#{alternate_on}'").hasPrefix("0")
    }
}
