import Linux

/// What the rows of a page of images, volumes or networks are sorted by. Text rises, amounts fall: the largest first, and
/// the oldest.
struct ResourceOrder: Hashable, Sendable {
    var column = ResourceColumn.name
    /// The other way round.
    var isTurned = false

    var rises: Bool { column.isText != isTurned }

    /// `readings`, which come by their names, in this order. What is not known of one puts it last.
    func sorted(_ readings: [any ResourceReading]) -> [any ResourceReading] {
        if column == .name { return isTurned ? readings.reversed() : readings }
        if column.isText {
            let sorted = readings.sorted { NaturalOrder.isBefore($0.text(column), $1.text(column)) }
            return isTurned ? sorted.reversed() : sorted
        }
        let known = readings.enumerated().compactMap { place, reading in
            reading.amount(column).map { (amount: isTurned ? -$0 : $0, place: place) }
        }
        let sorted = known.sorted { ($1.amount, $0.place) < ($0.amount, $1.place) }
        return sorted.map { readings[$0.place] } + readings.filter { $0.amount(column) == nil }
    }
}

extension Resource {
    /// What its page can be sorted by.
    var orders: [ResourceColumn] {
        switch self {
        case .image: [.name, .size, .shared, .users, .age]
        case .volume: [.name, .size, .users, .age]
        case .network: [.name, .subnet, .users, .age]
        }
    }
}

extension ResourceColumn {
    var isText: Bool { self == .name || self == .subnet }

    /// What it is called in sentences.
    var title: String {
        switch self {
        case .users: "use"
        case .shared: "shared size"
        default: heading.lowercased()
        }
    }

    /// What stands first where one sorts by it.
    var explanation: String {
        switch self {
        case .size: "the largest first"
        case .shared: "what has most in common with others first"
        case .users: "what most containers use first"
        case .age: "the oldest first"
        default: ""
        }
    }
}

extension ResourceReading {
    /// What stands in a column of text.
    fileprivate func text(_ column: ResourceColumn) -> String { cell(column, width: 0, Timestamp(nanoseconds: 0)).text }

    /// How much of a column of amounts it has: bytes, containers, or how far back in time.
    fileprivate func amount(_ column: ResourceColumn) -> Double? {
        switch column {
        case .users: Double(users.count)
        case .age: created.map { -Double($0.nanoseconds) }
        default: bytes(column).map(Double.init)
        }
    }
}
