import Linux
import TerminalKit

/// An image, as the page of images shows it.
package struct ImageReading: Hashable, Sendable {
    /// As people write it; the digest of one without a name.
    package var name: String
    package var isNamed: Bool
    /// The first digits of its digest.
    package var id: String
    /// Bytes of its blobs.
    package var size: Int64
    /// Bytes of those that other images have as well.
    package var shared: Int64
    /// Names of the containers that were made from it.
    package var users: [String]
    package var created: Timestamp?

    package init(
        name: String, isNamed: Bool, id: String, size: Int64, shared: Int64, users: [String], created: Timestamp?
    ) {
        self.name = name
        self.isNamed = isNamed
        self.id = id
        self.size = size
        self.shared = shared
        self.users = users
        self.created = created
    }
}

package struct ImagesPage: Hashable, Sendable {
    var selected = 0
    var top = 0
    /// The name of an image to pull, being typed.
    var field: TextField?
}

/// An image on its way here.
struct ImagePull: Hashable, Sendable {
    var name: String
    /// What the command has said last: `42 %, 12 of 45 MiB, 8.1 MiB/s, 4 s left`.
    var message = ""

    /// 0…1, where it is known.
    var share: Double? {
        guard let mark = message.firstIndex(of: "%") else { return nil }
        let digits = message[..<mark].filter(\.isNumber)
        return Double(digits).map { min($0 / 100, 1) }
    }
}
