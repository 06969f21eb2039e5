import Glibc
import TestSupport

/// A terminal of one's own, for a program to run in: a tmux server on a socket that nobody else uses.
final class Tmux {
    private let socket: String
    private let locale: String

    /// The demonstration, built beside the tests; `nil` where it isn't.
    static let program: String? = {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        var candidates = ["/\(root)/.build/debug/boxtop"]
        // `--scratch-path` puts the tests, and the program beside them, elsewhere.
        if let bundle = CommandLine.arguments.first(where: { $0.hasSuffix(".xctest") }) {
            candidates.insert("/" + bundle.split(separator: "/").dropLast().joined(separator: "/") + "/boxtop", at: 0)
        }
        return candidates.first { access($0, X_OK) == 0 }
    }()

    static let isThere = access("/usr/bin/tmux", X_OK) == 0 && program != nil

    /// Starts `command` in a terminal of `columns` × `rows`; a shell stays behind it, so that what is left shows.
    init(_ command: String, columns: Int = 120, rows: Int = 30, locale: String = "C.UTF-8", extra: String = "") {
        socket = "boxtop-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        self.locale = locale
        let shell =
            "stty sane; \(extra) \(command); echo; echo status=$?; stty -a | tr ' ;' '\\n\\n' | grep -xE -- '-?(icanon|echo)'; exec cat"
        _ = tmux(
            "-f /dev/null new-session -d -x \(columns) -y \(rows) \(Self.quoted("exec sh -c \(Self.quoted(shell))"))")
    }

    deinit { tmux("kill-server") }

    static func quoted(_ text: String) -> String {
        "'\(text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''"))'"
    }

    @discardableResult
    func tmux(_ arguments: String) -> String {
        Self.output(of: "SHELL=/bin/sh LC_ALL=\(locale) tmux -u -L \(socket) \(arguments) 2>/dev/null")
    }

    static func output(of command: String) -> String {
        guard let stream = popen(command, "r") else { return "" }
        defer { pclose(stream) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = fread(&chunk, 1, chunk.count, stream)
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    func press(_ keys: String...) { for key in keys { tmux("send-keys \(Self.quoted(key))") } }

    /// What is on the screen now.
    var screen: String { tmux("capture-pane -p") }

    /// The same with its colours, as escape sequences.
    var colouredScreen: String { tmux("capture-pane -e -p") }

    /// Waits until `text` is on the screen, five seconds at most.
    func shows(_ text: String, within seconds: Double = 5) -> Bool { waits(seconds) { $0.contains(text) } }

    /// Waits until `text` has gone from it.
    func hides(_ text: String, within seconds: Double = 5) -> Bool { waits(seconds) { !$0.contains(text) } }

    private func waits(_ seconds: Double, _ condition: (String) -> Bool) -> Bool {
        for _ in 0..<Int(seconds * 20 * patience) {
            if condition(screen) { return true }
            usleep(50_000)
        }
        return condition(screen)
    }

    func resize(columns: Int, rows: Int) { tmux("resize-window -x \(columns) -y \(rows)") }

    /// The process id of the program in it.
    var programId: Int32? {
        let shell = tmux("display-message -p '#{pane_pid}'").split(separator: "\n").first.map(String.init) ?? "0"
        return Int32(Self.output(of: "pgrep -P \(shell) -x boxtop").split(separator: "\n").first ?? "")
    }

    /// Whether the terminal is as a shell wants it, the alternate screen left.
    var isRestored: Bool {
        shows("\nicanon") && shows("\necho") && tmux("display-message -p '#{alternate_on}'").hasPrefix("0")
    }
}
