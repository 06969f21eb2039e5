/// Where a blob is found and what it must be: image specification, "OCI Content Descriptors".
package struct ContentDescriptor: Hashable, Sendable, Codable {
    package var mediaType: String
    package var digest: Digest
    /// Bytes.
    package var size: Int64
    package var urls: [String]?
    package var annotations: [String: String]?
    /// What the manifest behind it runs on; in an index.
    package var platform: Platform?
    package var artifactType: String?

    package init(
        mediaType: String, digest: Digest, size: Int64, annotations: [String: String]? = nil, platform: Platform? = nil
    ) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
        self.annotations = annotations
        self.platform = platform
    }
}

/// What a program is made for, in Go's words: image specification, "platform" of an image index.
package struct Platform: Hashable, Sendable, Codable, CustomStringConvertible {
    /// `amd64`, `arm64`, `riscv64`, …
    package var architecture: String
    /// `linux`.
    package var os: String
    /// `v7` of `arm`, `v8` of `arm64`.
    package var variant: String?

    package init(architecture: String, os: String = "linux", variant: String? = nil) {
        self.architecture = architecture
        self.os = os
        self.variant = variant
    }

    /// `linux/arm64/v8`.
    package var description: String { "\(os)/\(architecture)\(variant.map { "/\($0)" } ?? "")" }

    /// What this program itself was built for.
    package static var host: Platform {
        #if arch(x86_64)
            Platform(architecture: "amd64")
        #elseif arch(arm64)
            Platform(architecture: "arm64")
        #elseif arch(arm)
            Platform(architecture: "arm")
        #elseif arch(i386)
            Platform(architecture: "386")
        #elseif arch(powerpc64le)
            Platform(architecture: "ppc64le")
        #elseif arch(s390x)
            Platform(architecture: "s390x")
        #elseif arch(riscv64)
            Platform(architecture: "riscv64")
        #else
            Platform(architecture: "unknown")
        #endif
    }
}

/// The media types of the image specification and of docker's image format 2, which mean the same.
package enum MediaType {
    package static let index = "application/vnd.oci.image.index.v1+json"
    package static let manifest = "application/vnd.oci.image.manifest.v1+json"
    package static let configuration = "application/vnd.oci.image.config.v1+json"
    package static let layer = "application/vnd.oci.image.layer.v1.tar"
    package static let gzipLayer = "application/vnd.oci.image.layer.v1.tar+gzip"
    package static let zstdLayer = "application/vnd.oci.image.layer.v1.tar+zstd"
    package static let dockerIndex = "application/vnd.docker.distribution.manifest.list.v2+json"
    package static let dockerManifest = "application/vnd.docker.distribution.manifest.v2+json"

    package static func isIndex(_ type: String) -> Bool { type == index || type == dockerIndex }
    package static func isManifest(_ type: String) -> Bool { type == manifest || type == dockerManifest }
}

/// The annotations that boxtop reads or writes: image specification, "Pre-Defined Annotation Keys".
package enum Annotation {
    /// The name of an image in an OCI layout's index.
    package static let referenceName = "org.opencontainers.image.ref.name"
    /// The same with its registry, as containerd and docker write it.
    package static let containerdName = "io.containerd.image.name"
    package static let created = "org.opencontainers.image.created"
    /// What lists show of an image, so that they need not read it.
    package static let summary = "org.boxtop.summary"
}
