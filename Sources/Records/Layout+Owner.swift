import Glibc
import Linux

extension Layout {
    /// Refuses places that another user may have laid out to lead this one astray: below a folder like /tmp, where who
    /// comes first has the name, all has to be this user's or root's. What is missing there is made now, for its owner
    /// alone, so that nobody else makes it.
    package func checkOwner(user: uid_t) throws(ForeignFolder) {
        for (place, option) in [(run, "--run"), (state, "--state")] {
            do throws(ForeignFolder.Reason) { try Self.checkOwner(of: place, user: user) } catch {
                throw ForeignFolder(reason: error, option: option)
            }
        }
    }

    private static func checkOwner(of place: String, user: uid_t) throws(ForeignFolder.Reason) {
        var path = place.hasPrefix("/") ? "" : "."
        var isShared = mode(of: path.isEmpty ? "/" : path) & 0o002 != 0
        for part in place.split(separator: "/") {
            path += "/\(part)"
            if isShared { mkdir(path, 0o700) }
            var status = stat()
            guard lstat(path, &status) == 0 else { return }
            if isShared && ![0, user].contains(status.st_uid) { throw .owned(path, status.st_uid) }
            // What a link leads to.
            guard stat(path, &status) == 0 else { return }
            if isShared || user != 0 && path.hasSuffix(place) {
                if ![0, user].contains(status.st_uid) { throw .owned(path, status.st_uid) }
                if status.st_mode & 0o022 != 0 && status.st_mode & S_ISVTX == 0 { throw .writable(path) }
            }
            isShared = status.st_mode & 0o002 != 0
        }
    }

    private static func mode(of path: String) -> mode_t {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode : 0
    }
}

/// Why a place is not used, as a sentence.
package struct ForeignFolder: Error, Hashable, Sendable, CustomStringConvertible {
    enum Reason: Error, Hashable, Sendable {
        case owned(String, uid_t)
        case writable(String)
    }

    let reason: Reason
    let option: String

    package var description: String {
        switch reason {
        case .owned(let path, let user):
            "\(path) is user \(user)'s, who could steer your containers by it: name a folder of your own with "
                + "\(option) DIR" + (option == "--run" ? ", or set XDG_RUNTIME_DIR" : "")
        case .writable(let path):
            "\(path) may be written by others, who could steer your containers by it: chmod go-w \(path), or name "
                + "another folder with \(option) DIR"
        }
    }
}
