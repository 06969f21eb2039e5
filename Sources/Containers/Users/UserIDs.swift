import Glibc
import Linux

/// Users of an image by name, as COPY --chown has them.
package enum UserIDs {
    /// The ids of `text` (`name`, `uid`, `name:group`, `uid:gid`) in the files of `layers`, the uppermost first. Without
    /// a group, a user's own; of a number, the same number.
    package static func find(_ text: String, in layers: [String]) throws(ContainerError) -> (user: uid_t, group: gid_t)
    {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        if parts.count == 1, let number = uid_t(text) { return (number, number) }
        if parts.count == 2, let user = uid_t(parts[0]), let group = gid_t(parts[1]) { return (user, group) }
        let lookup = try explaining("cannot look up \(text)") { () throws(SystemCallError) in
            try UserLookup(in: LayeredRoot(layers: layers))
        }
        let account = try lookup.find(text, below: nil)
        return (account.uid, account.gid)
    }
}
