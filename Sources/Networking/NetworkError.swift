import Linux

/// Why a network or a container's part in one could not be made, changed or taken away: a sentence that says what to do.
package struct NetworkError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of refusal it is, for a program that wants to act on it.
    package enum Kind: String, Hashable, Sendable {
        case notFound
        /// A name, a port or an address that somebody has.
        case conflict
        case invalid
        /// This host cannot do it, or not for this user.
        case unsupported
        case failed
    }

    package let kind: Kind
    package let description: String

    package init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}

/// Runs `body`, its system call's failure becoming a sentence of this room.
func explaining<R: ~Copyable>(
    _ doing: String? = nil, _ body: () throws(SystemCallError) -> R
) throws(NetworkError) -> R {
    do throws(SystemCallError) { return try body() } catch {
        throw NetworkError(.failed, (doing.map { "\($0): " } ?? "") + error.description)
    }
}
