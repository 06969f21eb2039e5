import OCI

/// What `image import` is asked to make an image of.
package struct ImportRequest: Hashable, Sendable {
    /// A tar archive, `-` for standard input, or a folder.
    package var source: String
    package var name: Reference
    package var environment: [String] = []
    package var workingDirectory: String?
    package var user: String?
    package var entrypoint: [String]?
    package var arguments: [String] = []
    package var labels: [String: String] = [:]
    package var compression = Compression.gzip

    package init(source: String, name: Reference) {
        self.source = source
        self.name = name
    }

    var process: ImageConfiguration.Process {
        var process = ImageConfiguration.Process()
        let hasPath = environment.contains { $0.hasPrefix("PATH=") }
        process.env =
            (hasPath ? [] : ["PATH=\(PackRequest.standardPath.joined(separator: ":"))"]) + environment
        process.workingDir = workingDirectory
        process.user = user
        process.entrypoint = entrypoint
        process.cmd = arguments.isEmpty ? (entrypoint == nil ? ["/bin/sh"] : nil) : arguments
        process.labels = labels.isEmpty ? nil : labels
        return process
    }
}
