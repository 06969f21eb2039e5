import Glibc
import Linux
import RuntimeCore

/// What the options before a verb say.
struct Context {
    let states: StateDirectory
    let log: Log
    /// Control groups are made by systemd, in place of this runtime.
    let usesSystemd: Bool

    init(_ options: Options, _ log: Log) {
        states = StateDirectory(root: options.value("root") ?? Self.root)
        self.log = log
        usesSystemd = options.has("systemd-cgroup") || options.value("cgroup-manager") == "systemd"
    }

    /// Without root: below the person's own folder for what is gone after a reboot.
    private static var root: String {
        guard let own = getuid() == 0 ? nil : environment("XDG_RUNTIME_DIR") else { return "/run/boxtop-runtime" }
        return "\(own)/boxtop-runtime"
    }
}
