import OCI

/// What happens while images are pulled, pushed or loaded, for whoever shows it.
package enum TransferEvent: Sendable, Hashable {
    /// What an image is made of, known before anything is moved.
    case begins([Part])
    /// So many bytes of a part have been moved.
    case moved(Digest, Int64)
    case ended(Digest, End)
    /// A layer is being unpacked.
    case unpacks(Digest)
    /// A connection broke or a server was busy.
    case retries(Digest, reason: String, seconds: Double)
    /// Somebody else is downloading the same.
    case waits(Digest)
    /// Time for bars to move.
    case tick

    package struct Part: Sendable, Hashable {
        package var digest: Digest
        package var size: Int64
        package var isLayer: Bool
    }

    package enum End: Sendable, Hashable {
        case moved
        /// It was there already.
        case present
        /// The registry took it from another of its repositories.
        case mounted
    }
}
