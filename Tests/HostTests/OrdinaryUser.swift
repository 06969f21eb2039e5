import Glibc
import Linux

/// Somebody without root, to whom nothing is delegated, with a home, a state and a run folder of their own.
struct OrdinaryUser {
    static let obstacle =
        CommandLinePlace.obstacle ?? (access("/usr/bin/setpriv", X_OK) == 0 ? nil : "there is no setpriv")

    private static let id = 65_432

    let place: CommandLinePlace
    var home: String { "\(place.folder)/user" }

    init() throws {
        place = try CommandLinePlace()
        try Files.makeDirectories(home)
        let home = home
        try systemCall("own", home) { chown(home, uid_t(Self.id), gid_t(Self.id)) }
    }

    /// A shell's line of theirs, in their home.
    @discardableResult
    func shell(_ line: String) -> CommandLinePlace.Ended {
        place.shell(
            """
            exec /usr/bin/setpriv --reuid \(Self.id) --regid \(Self.id) --clear-groups \
            /usr/bin/env HOME=\(home) BOXTOP_STATE=\(home)/state BOXTOP_RUN=\(home)/run \
            /bin/sh -c 'cd \(home) && \(line.replacing("'", with: "'\\''"))'
            """)
    }

    @discardableResult
    func boxtop(_ words: String) -> CommandLinePlace.Ended { shell("\(CommandLinePlace.program) \(words)") }
}
