import TestSupport

/// A suite of the dashboard on real containers, through a real terminal.
protocol LiveDashboard {
    var place: CommandLinePlace { get }
}

extension LiveDashboard {
    /// The dashboard of this place.
    func dashboard(columns: Int = 130, rows: Int = 36) -> Tmux {
        let words = place.environment.filter { !$0.hasPrefix("TERM=") } + ["TERM=tmux-256color", Tmux.program]
        return Tmux("env -i \(words.map(Tmux.quoted).joined(separator: " "))", columns: columns, rows: rows)
    }

    func idle(_ name: String) { place.container("-d", "--init", "--name", name, "sleep", "1000") }

    func inspected(_ name: String, _ format: String) -> String {
        place.run("inspect", "-f", format, name).output.split(separator: "\n").first.map(String.init) ?? ""
    }
}
