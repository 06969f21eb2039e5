import OCI

/// What a container is built on, once found: the folders of its root file system, and how the image wants to be run.
struct Base {
    enum Folders: Equatable {
        /// Read-only folders of an image, the uppermost first.
        case layers([String])
        /// A plain folder, used in place.
        case directory(String)

        /// For looking inside.
        var root: LayeredRoot {
            switch self {
            case .layers(let layers): LayeredRoot(layers: layers)
            case .directory(let folder): LayeredRoot(layers: [folder])
            }
        }
    }

    /// As lists show it.
    var name: String
    /// The manifest's, `sha256:…`.
    var digest: String?
    var folders: Folders
    var defaults = Defaults()

    /// What the image says where the person says nothing.
    struct Defaults: Equatable {
        var entrypoint: [String] = []
        var command: [String] = []
        var environment: [String] = []
        var workdir = ""
        var user = ""
        /// Destinations of volumes that it wants.
        var volumes: [String] = []
        var labels: [String: String] = [:]
        /// Ports that it listens at: `80/tcp`.
        var exposedPorts: [String] = []
        var stopSignal = ""
        var health: ImageConfiguration.Healthcheck?
    }
}
