import OCI

/// What `image import` is asked to make an image of.
package struct ImportRequest: Sendable {
    /// A tar archive, `-` for standard input, a folder, or the address of an archive: `https://…`, `http://…`.
    package var source: String
    /// Absent: the image has a digest only.
    package var name: Reference?
    /// What it is, for the history.
    package var message: String?
    /// What becomes of how the image wants to be run.
    package var change: @Sendable (inout ImageConfiguration.Process) -> Void = { _ in }
    package var environment: [String] = []
    package var workingDirectory: String?
    package var user: String?
    package var entrypoint: [String]?
    package var arguments: [String] = []
    package var labels: [String: String] = [:]
    package var compression = Compression.gzip

    package init(source: String, name: Reference? = nil) {
        self.source = source
        self.name = name
    }

    var isAddress: Bool { source.hasPrefix("http://") || source.hasPrefix("https://") }

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
        change(&process)
        return process
    }
}
