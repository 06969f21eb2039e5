import Linux

/// What `--secret` gives a RUN.
package enum BuildSecret: Hashable, Sendable {
    case file(String)
    case value(String)

    /// What it is, at most 1 MiB.
    func bytes(of id: String) throws(BuildError) -> [UInt8] {
        switch self {
        case .value(let text): return Array(text.utf8)
        case .file(let path):
            do throws(SystemCallError) { return try Files.read(path, limit: 1 << 20) } catch {
                throw BuildError("secret \(id): \(error)")
            }
        }
    }
}
