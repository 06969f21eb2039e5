import Containers
import Images
import OCI

/// What `build` is asked for.
package struct BuildRequest: Sendable {
    /// The folder that COPY takes from; absent: there is none.
    package var folder: String?
    /// The Containerfile's text.
    package var text: String
    /// What `.dockerignore` says.
    package var ignored = ""
    package var names: [Reference] = []
    /// `--build-arg`.
    package var arguments: [String: String] = [:]
    /// The stage to build; absent: the last.
    package var target: String?
    package var labels: [String: String] = [:]
    /// Nothing that earlier builds have left is used.
    package var ignoresCache = false
    /// Seconds since 1970 that all is dated, and no file is newer than; absent: now, and files as they are.
    package var epoch: Int64?
    package var compression = Compression.gzip
    /// Which network a RUN sees.
    package var network: Network?
    /// `--allow network.host`: RUN --network=host is done.
    package var allowsHostNetwork = false
    /// `--secret`: files of the host, by id.
    package var secrets: [String: String] = [:]

    package init(_ text: String) { self.text = text }
}

/// What happens while an image is built.
package enum BuildEvent: Sendable {
    case step(number: Int, of: Int, stage: String?, text: String)
    /// The step before came from the cache.
    case cached
    /// A RUN has written something.
    case output([UInt8], isError: Bool)
    case note(String)
}
