/// How images are written for other tools.
package enum SaveFormat: String, Hashable, Sendable, CaseIterable {
    /// A tar archive of an OCI layout, which is a docker archive as well, as docker from 25 on writes it.
    case ociArchive = "oci-archive"
    /// The folder of an OCI layout.
    case ociDirectory = "oci-dir"
    /// What `docker load` of any age takes.
    case dockerArchive = "docker-archive"
}
