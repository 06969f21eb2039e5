import Linux
import TerminalKit

/// A column of the pages of images, volumes and networks.
enum ResourceColumn: Hashable, Sendable {
    case name, id, size, shared, subnet, subnet6, gateway, reach, users, age

    var heading: String {
        switch self {
        case .name: "NAME"
        case .id: "ID"
        case .size: "SIZE"
        case .shared: "SHARED"
        case .subnet: "SUBNET"
        case .subnet6: "SUBNET OF IPV6"
        case .gateway: "GATEWAY"
        case .reach: "INTERNAL"
        case .users: "USED BY"
        case .age: "AGE"
        }
    }

    /// At the right end of its column, as numbers are.
    var isNumber: Bool { [.size, .shared, .age].contains(self) }
}

extension Resource {
    /// The columns of its page, and what each gives up for want of room.
    ///
    /// - Parameter longest: the cells of the longest text in a column.
    func columns(longest: (ResourceColumn) -> Int) -> [Column<ResourceColumn>] {
        typealias Concession = Column<ResourceColumn>.Concession
        let name = Column<ResourceColumn>(
            .name, width: min(max(longest(.name), 12), 48), stretch: 20,
            concessions: [Concession(30, 24), Concession(60, 14)])
        let users = Column<ResourceColumn>(
            .users, width: 22, stretch: 20, concessions: [Concession(20, 14), Concession(50, 0)])
        let size = Column<ResourceColumn>(.size, width: 8)
        let age = Column<ResourceColumn>(.age, width: 5, concessions: [Concession(55, 0)])
        switch self {
        case .image:
            let id = Column<ResourceColumn>(.id, width: 12, concessions: [Concession(10, 0)])
            return [name, id, size, Column(.shared, width: 8, concessions: [Concession(40, 0)]), users, age]
        case .volume: return [name, size, users, age]
        case .network:
            return [
                name, Column(.subnet, width: 18),
                Column(.subnet6, width: max(longest(.subnet6), 22), concessions: [Concession(10, 0)]),
                Column(.gateway, width: 15, concessions: [Concession(40, 0)]),
                Column(.reach, width: 8, concessions: [Concession(45, 0)]), users, age,
            ]
        }
    }
}

extension Resources {
    /// How many there are of `kind`, and how much of the disk they take, where that is known.
    func summary(of kind: Resource) -> (count: String, detail: String) {
        switch kind {
        case .image: return imageSummary
        case .volume:
            let sizes = volumes.compactMap(\.size)
            let isCounted = !sizes.isEmpty && sizes.count == volumes.count
            return (count(volumes.count, of: kind), isCounted ? "\(inUnits(sizes.reduce(0, +))) in all" : "")
        case .network: return (count(networks.count, of: kind), "")
        }
    }

    private func count(_ count: Int, of kind: Resource) -> String {
        count == 1 ? "1 \(kind.rawValue)" : "\(Format.count(count)) \(kind.rawValue)s"
    }

    /// One image may have several names, and what several share lies on the disk once.
    private var imageSummary: (count: String, detail: String) {
        let own = Dictionary(images.map { ($0.id, $0.size - $0.shared) }) { first, _ in first }
        var title = count(own.count, of: .image)
        if images.count > own.count { title += ", \(Format.count(images.count)) names" }
        if own.isEmpty { return (title, "") }
        let shared = images.map(\.shared).max() ?? 0
        let sharing = shared > 0 ? ", at most \(inUnits(shared)) shared" : ""
        return (title, "\(inUnits(own.values.reduce(0, +))) of their own\(sharing)")
    }
}

extension ImageReading: ResourceReading {
    var searched: [String] { [name, id] }

    func bytes(_ column: ResourceColumn) -> Int64? { column == .size ? size : shared }

    func cell(_ column: ResourceColumn, width: Int, _ now: Timestamp) -> (text: String, role: Role) {
        switch column {
        case .name: isNamed ? (name, .value) : ("<none>", .dim)
        case .id: (id, .dim)
        case .size: (inUnits(size), .value)
        case .shared: (shared > 0 ? inUnits(shared) : "–", .dim)
        case .users: (listed(users, width), .text)
        case .age: (age(created, now), .dim)
        case .subnet, .subnet6, .gateway, .reach: ("", .dim)
        }
    }
}

extension VolumeReading: ResourceReading {
    var searched: [String] { [name] }

    func bytes(_ column: ResourceColumn) -> Int64? { size }

    /// As `volume ls` has it.
    var shortName: String { isAnonymous ? String(name.prefix(12)) : name }

    func cell(_ column: ResourceColumn, width: Int, _ now: Timestamp) -> (text: String, role: Role) {
        switch column {
        case .name: (shortName, isAnonymous ? .dim : .value)
        case .size: size.map { (inUnits($0), .value) } ?? ("…", .faint)
        case .users: (listed(users, width), .text)
        case .age: (age(created, now), .dim)
        case .id, .shared, .subnet, .subnet6, .gateway, .reach: ("", .dim)
        }
    }
}

extension NetworkReading: ResourceReading {
    var searched: [String] { [name, subnet, subnet6 ?? "", gateway] }

    func bytes(_ column: ResourceColumn) -> Int64? { nil }

    func cell(_ column: ResourceColumn, width: Int, _ now: Timestamp) -> (text: String, role: Role) {
        switch column {
        case .name: (name, .value)
        case .subnet: (subnet, .value)
        case .subnet6: subnet6.map { ($0, .value) } ?? ("–", .faint)
        case .gateway: (gateway, .text)
        case .reach: isInternal ? ("yes", .key) : ("no", .dim)
        case .users: (listed(users, width), .text)
        case .age: (age(created, now), .dim)
        case .id, .size, .shared: ("", .dim)
        }
    }
}

/// As many names as fit, and how many more there are.
private func listed(_ names: [String], _ width: Int) -> String {
    var text = ""
    for (index, name) in names.enumerated() {
        let next = text.isEmpty ? name : "\(text), \(name)"
        let left = names.count - index - 1
        if !text.isEmpty, next.cells + (left > 0 ? 4 : 0) > width { return "\(text) +\(left + 1)" }
        text = next
    }
    return text.isEmpty ? "–" : text
}

private func age(_ created: Timestamp?, _ now: Timestamp) -> String {
    created.map { Format.age(now.seconds(since: $0)) } ?? "–"
}

private func inUnits(_ count: Int64) -> String { Format.size(UInt64(max(0, count))) }
