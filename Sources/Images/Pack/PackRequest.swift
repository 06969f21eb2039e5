import OCI

/// What `image pack` is asked to make.
package struct PackRequest: Hashable, Sendable {
    package var name: Reference
    /// Names, looked for in `path`, or paths.
    package var programs: [String]
    package var additions: [Addition] = []
    package var environment: [String] = []
    package var workingDirectory: String?
    package var user: String?
    package var entrypoint: [String]?
    /// Arguments of the entry point, or, without one, of the first program.
    package var arguments: [String] = []
    package var labels: [String: String] = [:]
    package var withCertificates = false
    /// Symbols and debug information stay out.
    package var strips = false
    /// The image whose files are packed in place of the host's.
    package var from: String?
    /// Where names of programs are looked for: the folders that a container's PATH has, then the person's own.
    package var path: [String] = Self.standardPath
    /// Seconds since 1970: the time of every file and of the image. SOURCE_DATE_EPOCH of reproducible-builds.org.
    package var epoch: Int64 = 0
    package var compression = Compression.gzip

    package init(name: Reference, programs: [String]) {
        self.name = name
        self.programs = programs
    }

    /// A file or folder of the host, and where it goes.
    package struct Addition: Hashable, Sendable {
        /// Absolute.
        package var source: String
        /// Absolute; absent for the same place.
        package var destination: String?

        package init(source: String, destination: String? = nil) {
            self.source = source
            self.destination = destination
        }
    }

    /// PATH of a container, as docker has it.
    package static let standardPath = [
        "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin",
    ]
}

/// What `image pack` has made, or would.
package struct PackReport: Hashable, Sendable {
    package var digest: Digest?
    /// Bytes of the image's blobs.
    package var size: Int64 = 0
    /// Bytes of all files.
    package var unpackedSize: Int64 = 0
    /// Bytes that a distribution's own image with the same programs has, unpacked; absent where that is not known.
    package var wholeSize: Int64?
    package var files: [File] = []
    /// Number of files that are no folders or links.
    package var fileCount = 0
    /// What a person should know: sentences.
    package var notes: [String] = []

    /// One path of the image, and why it is there.
    package struct File: Hashable, Sendable {
        package var path: String
        package var kind: Kind
        package var size: Int64
        package var reason: String
        /// The path of what it is there for.
        package var cause: String?

        package enum Kind: Hashable, Sendable {
            case file
            case folder
            case link(to: String)
        }
    }
}
