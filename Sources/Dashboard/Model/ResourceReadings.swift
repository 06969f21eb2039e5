import Linux

/// An image, as the page of images shows it.
package struct ImageReading: Hashable, Sendable {
    /// As people write it; the digest of one without a name.
    package var name: String
    package var isNamed: Bool
    /// The first digits of its digest.
    package var id: String
    /// Bytes of its blobs.
    package var size: Int64
    /// Bytes of those that other images have as well.
    package var shared: Int64
    /// Names of the containers that were made from it.
    package var users: [String]
    package var created: Timestamp?

    package init(
        name: String, isNamed: Bool, id: String, size: Int64, shared: Int64, users: [String], created: Timestamp?
    ) {
        self.name = name
        self.isNamed = isNamed
        self.id = id
        self.size = size
        self.shared = shared
        self.users = users
        self.created = created
    }
}

/// A volume, as the page of volumes shows it.
package struct VolumeReading: Hashable, Sendable {
    package var name: String
    /// Nobody named it: it was made for one container.
    package var isAnonymous: Bool
    /// Bytes of the disk that it takes; absent until they are counted.
    package var size: Int64?
    /// Names of the containers that were made with it.
    package var users: [String]
    package var created: Timestamp?

    package init(name: String, isAnonymous: Bool, size: Int64?, users: [String], created: Timestamp?) {
        self.name = name
        self.isAnonymous = isAnonymous
        self.size = size
        self.users = users
        self.created = created
    }
}

/// A network, as the page of networks shows it.
package struct NetworkReading: Hashable, Sendable {
    package var name: String
    package var subnet: String
    /// Absent: IPv4 alone.
    package var subnet6: String?
    /// The host's own IPv4 address in it.
    package var gateway: String
    /// No way out.
    package var isInternal: Bool
    /// Names of the containers that belong to it, whether they run or not.
    package var users: [String]
    package var created: Timestamp?

    package init(
        name: String, subnet: String, subnet6: String?, gateway: String, isInternal: Bool, users: [String],
        created: Timestamp?
    ) {
        self.name = name
        self.subnet = subnet
        self.subnet6 = subnet6
        self.gateway = gateway
        self.isInternal = isInternal
        self.users = users
        self.created = created
    }
}
