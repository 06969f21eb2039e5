import Glibc
import Linux

/// Somebody without root, to whom nothing is delegated, with a home, a state and a run folder of their own.
struct OrdinaryUser {
    static let obstacle =
        CommandLinePlace.obstacle ?? (access("/usr/bin/setpriv", X_OK) == 0 ? nil : "there is no setpriv")

    static let id = 65_432

    let place: CommandLinePlace
    var home: String { "\(place.folder)/user" }
    private let hasRanges: Bool

    /// - Parameter hasRanges: this host gives them ids of users and of groups, in files that they alone see.
    init(hasRanges: Bool = false) throws {
        place = try CommandLinePlace()
        self.hasRanges = hasRanges
        try Files.makeDirectories(home)
        let home = home
        try systemCall("own", home) { chown(home, uid_t(Self.id), gid_t(Self.id)) }
        guard hasRanges else { return }
        let passwd = (Files.text("/etc/passwd") ?? "") + "ordinary:x:\(Self.id):\(Self.id)::\(home):/bin/sh\n"
        let files = [("passwd", passwd), ("subuid", "ordinary:300000:65536\n"), ("subgid", "ordinary:400000:65536\n")]
        for (name, text) in files { try Files.replace("\(place.folder)/\(name)", with: text.utf8, durable: false) }
    }

    /// A shell's line of theirs, in their home.
    @discardableResult
    func shell(_ line: String) -> CommandLinePlace.Ended {
        place.shell(
            """
            \(hasRanges ? ranges : "exec") /usr/bin/setpriv --reuid \(Self.id) --regid \(Self.id) --clear-groups \
            /usr/bin/env HOME=\(home) BOXTOP_STATE=\(home)/state BOXTOP_RUN=\(home)/run \
            /bin/sh -c 'cd \(home) && \(line.replacing("'", with: "'\\''"))'
            """)
    }

    /// Begins the command line that follows in a mount namespace in which the host's files are those of this folder.
    private var ranges: String {
        let mounts = ["passwd", "subuid", "subgid"].map { "mount --bind \(place.folder)/\($0) /etc/\($0)" }
        let line = (mounts + ["exec \"$@\""]).joined(separator: " && ")
        return "exec unshare --mount --propagation private /bin/sh -c '\(line)' -"
    }

    @discardableResult
    func boxtop(_ words: String) -> CommandLinePlace.Ended { shell("\(CommandLinePlace.program) \(words)") }
}
