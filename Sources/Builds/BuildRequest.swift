import Containers
import Images
import OCI

/// What `build` is asked for.
package struct BuildRequest: Sendable {
    /// The folder that COPY takes from; absent: there is none.
    package var folder: String?
    /// The Containerfile's text.
    package var text: String
    /// What of it is no part of the build.
    package var ignored = IgnoreList("")
    /// `--build-context`: what else FROM and --from find, by name.
    package var contexts: [String: BuildContext] = [:]
    package var names: [Reference] = []
    /// `--build-arg`.
    package var arguments: [String: String] = [:]
    /// The stage to build; absent: the last.
    package var target: String?
    package var labels: [String: String] = [:]
    /// Of the image's manifest.
    package var annotations: [String: String] = [:]
    /// Nothing that earlier builds have left is used.
    package var ignoresCache = false
    /// The same for these stages, and those that are made from them.
    package var stagesAnew: Set<String> = []
    /// Seconds since 1970 that all is dated, and no file is newer than; absent: now, and files as they are.
    package var epoch: Int64?
    package var compression = Compression.gzip
    /// What the container of each RUN is like, beside what its stage says: its network, limits and hosts.
    package var container = NewContainer(.layers([], .init(), name: "build"))
    /// `--allow network.host`: RUN --network=host is done.
    package var allowsHostNetwork = false
    /// `--secret`, by id.
    package var secrets: [String: BuildSecret] = [:]

    package init(_ text: String) { self.text = text }
}

/// What `--build-context` names.
package enum BuildContext: Sendable {
    /// A folder, and what of it is left out.
    case folder(String, IgnoreList)
    case image(String)
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
