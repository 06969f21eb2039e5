/// A shell in a container that has the terminal for a while.
package struct Visit: Hashable, Sendable {
    /// The container's.
    package var id: String
    package var name: String
    /// The command line that opens it.
    package var arguments: [String]

    package var greeting: String { "shell in \(name): exit comes back" }
    package var farewell: String { "left \(name): what follows is this host's" }
}
