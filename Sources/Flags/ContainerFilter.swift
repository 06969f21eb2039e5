import Records

/// Which containers a list shows: conditions of one kind are alternatives, those of different kinds must all hold.
package struct ContainerFilter: Hashable, Sendable {
    package enum Condition: Hashable, Sendable {
        /// The status in one word.
        case status(String)
        /// Found in the name, as it is or, as docker has it, with a slash in front.
        case name(NamePattern)
        /// The beginning of the id.
        case id(String)
        case label(key: String, value: String?)
        /// The image as it was named.
        case image(String)
        case exitCode(Int32)
        case health(String)

        fileprivate var kind: Int {
            switch self {
            case .status: 0
            case .name: 1
            case .id: 2
            case .label: 3
            case .image: 4
            case .exitCode: 5
            case .health: 6
            }
        }
    }

    private var conditions: [[Condition]] = []

    package init() {}

    package mutating func add(_ condition: Condition) {
        // Labels add up: a person who writes two wants both.
        if case .label = condition { return conditions.append([condition]) }
        if let index = conditions.firstIndex(where: { $0[0].kind == condition.kind }) {
            conditions[index].append(condition)
        } else {
            conditions.append([condition])
        }
    }

    /// Whether it says anything about the status, which then decides instead of `-a`.
    package var namesStatus: Bool { conditions.contains { [0, 5].contains($0[0].kind) } }

    package func matches(_ record: ContainerRecord, status: String, exitCode: Int32?, health: Health?) -> Bool {
        conditions.allSatisfy { alternatives in
            alternatives.contains { condition in
                switch condition {
                case .status(let word): status == word
                case .name(let pattern): pattern.matches(record.name) || pattern.matches("/\(record.name)")
                case .id(let start): record.id.hasPrefix(start)
                case .label(let key, let value): record.labels[key].map { value == nil || $0 == value } ?? false
                case .image(let name): record.image == name || record.image == "\(name):latest"
                case .exitCode(let code): exitCode == code
                case .health(let word): (health?.rawValue ?? "none") == word
                }
            }
        }
    }
}

extension FlagValue {
    /// `status=exited`, `name=web`, `id=3f`, `label=team=web`, `ancestor=tools`, `exited=137`, `health=unhealthy`.
    package func filter() throws(FlagError) -> ContainerFilter.Condition {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let value = parts.count == 2 ? parts[1] : ""
        guard !value.isEmpty else { throw refused("is no filter: write it as in status=exited or name=web") }
        switch parts[0] {
        case "status":
            let words = ["created", "running", "paused", "restarting", "exited", "removing"]
            guard words.contains(value) else {
                throw refused("is no status: it is one of \(words.joined(separator: ", "))")
            }
            return .status(value)
        case "name": return .name(try FlagValue(name, value).pattern())
        case "id": return .id(value)
        case "label":
            let sides = value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            return .label(key: sides[0], value: sides.count == 2 ? sides[1] : nil)
        case "ancestor", "image": return .image(value)
        case "exited":
            guard let code = Int32(value), (0...255).contains(code) else {
                throw refused("needs an exit code, 0 to 255")
            }
            return .exitCode(code)
        case "health": return .health(value)
        default: throw refused("is no filter: there are status, name, id, label, ancestor, exited and health")
        }
    }
}
