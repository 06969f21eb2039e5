import Linux
import TerminalKit

/// What a host has for its containers, a page each. Its word on the command line is the raw value.
package enum Resource: String, CaseIterable, Hashable, Sendable {
    case image, volume, network

    var context: Context {
        switch self {
        case .image: .images
        case .volume: .volumes
        case .network: .networks
        }
    }

    /// What to do where one is wanted and there is none.
    var remedy: String {
        switch self {
        case .image: "p pulls one"
        case .volume, .network: ": \(rawValue) create NAME makes one"
        }
    }

    /// What stands on its page where there is none.
    var absence: String {
        switch self {
        case .image: "No images are here yet: p pulls one; boxtop image pack makes one of programs of this host."
        case .volume: "There are no volumes yet. \(remedy), and so does run -v NAME:PATH."
        case .network: "There are no networks yet. \(remedy); the usual one comes with its first container."
        }
    }
}

/// All that there is of one kind.
package enum Listing: Hashable, Sendable {
    case images([ImageReading])
    case volumes([VolumeReading])
    case networks([NetworkReading])
}

/// One of them, as a row of its page.
protocol ResourceReading: Sendable {
    /// What it is told apart by among those of its kind.
    var name: String { get }
    /// As it is called in sentences.
    var shortName: String { get }
    /// Names of the containers that have it.
    var users: [String] { get }
    var created: Timestamp? { get }
    /// What a filter looks for words in, beside its users.
    var searched: [String] { get }
    /// What stands in a column that its kind has.
    func cell(_ column: ResourceColumn, width: Int, _ now: Timestamp) -> (text: String, role: Role)
    /// What stands in a column of bytes; `nil` where that is not known.
    func bytes(_ column: ResourceColumn) -> Int64?
    /// Asks whether it is to be removed.
    var removal: Confirmation { get }
}

/// All that was read of each kind.
struct Resources: Sendable {
    private(set) var images: [ImageReading] = []
    private(set) var volumes: [VolumeReading] = []
    private(set) var networks: [NetworkReading] = []

    subscript(kind: Resource) -> [any ResourceReading] {
        switch kind {
        case .image: images
        case .volume: volumes
        case .network: networks
        }
    }

    /// Takes in what there is now; of which kind.
    mutating func take(_ listing: Listing) -> Resource {
        switch listing {
        case .images(let images):
            // Those without a name come last.
            self.images = Self.ordered(images.filter(\.isNamed)) + Self.ordered(images.filter { !$0.isNamed })
            return .image
        case .volumes(let volumes):
            self.volumes = Self.ordered(volumes)
            return .volume
        case .networks(let networks):
            self.networks = Self.ordered(networks)
            return .network
        }
    }

    private static func ordered<Reading: ResourceReading>(_ readings: [Reading]) -> [Reading] {
        readings.sorted { NaturalOrder.isBefore($0.name, $1.name) }
    }
}

/// The page of one kind.
package struct ResourcePage: Hashable, Sendable {
    var kind: Resource
    var selected = 0
    var top = 0
    /// Words that it is narrowed to.
    var filter = ""
    /// The name of an image to pull, being typed.
    var field: TextField?
}
