import Glibc
import Linux

extension Layout {
    /// The usual run folder: the system's for root; for anybody else below the folder of theirs that goes with their last
    /// login. `XDG_RUNTIME_DIR` names that, but for what cron, a service or `su -` starts, and names root's after a plain
    /// `su`: then it is logind's, `/run/user/UID`. Without a login there is none, and one below /tmp takes its place.
    package static func usualRun(_ environment: [String: String], user: uid_t) -> String {
        if user == 0 { return "/run/boxtop" }
        if let named = environment["XDG_RUNTIME_DIR"], owner(of: named).map({ $0 == user }) ?? canBeMade(named) {
            return "\(named)/boxtop"
        }
        let logind = "/run/user/\(user)"
        return owner(of: logind) == user ? "\(logind)/boxtop" : "\(shared(user))/boxtop"
    }

    /// What versions that knew nothing of logind's folder took without `XDG_RUNTIME_DIR`; `nil` where that is `run`, or
    /// nobody's, or another user's.
    static func olderRun(beside run: String, user: uid_t) -> String? {
        let older = "\(shared(user))/boxtop"
        return user != 0 && older != run && owner(of: shared(user)) == user ? older : nil
    }

    private static func shared(_ user: uid_t) -> String { "/tmp/boxtop-\(user)" }

    /// Whose folder lies at `path`; `nil` where none does. A link, which in /tmp is anybody's to make, is not followed.
    private static func owner(of path: String) -> uid_t? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        return status.st_mode & S_IFMT == S_IFLNK && path.hasPrefix("/tmp/") || stat(path, &status) != 0
            ? .max : status.st_uid
    }

    private static func canBeMade(_ path: String) -> Bool {
        let parent = path.split(separator: "/").dropLast().joined(separator: "/")
        return access("/\(parent)", W_OK) == 0
    }
}
