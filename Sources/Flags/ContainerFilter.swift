import Linux
import Records

/// Which containers a list shows: conditions of one kind are alternatives, those of different kinds must all hold.
package struct ContainerFilter: Hashable, Sendable {
    package enum Condition: Hashable, Sendable {
        /// The status in one word.
        case status(String)
        /// Found in the name, as it is or, as docker has it, with a slash in front.
        case name(RegularExpression)
        /// The beginning of the id.
        case id(String)
        case label(key: String, value: String?)
        case noLabel(key: String, value: String?)
        case image(ImageWish)
        case exitCode(Int32)
        case health(String)
        /// The name of a network that it is in, or `none`, `host` and the like.
        case network(String)
        /// A volume's name, a folder of the host, or where one is mounted.
        case volume(String)
        /// A port of its own that is published.
        case publishes(UInt16, PublishedPort.Transport)
        /// A port that it or its image says it listens at.
        case exposes(UInt16, PublishedPort.Transport)
        /// Made after, or before, the container that is named; `ContainerFilter.resolve` finds out when that was.
        case since(String)
        case before(String)
        case madeAfter(Timestamp)
        case madeBefore(Timestamp)

        fileprivate var kind: Int {
            switch self {
            case .status: 0
            case .name: 1
            case .id: 2
            case .label: 3
            case .image: 4
            case .exitCode: 5
            case .health: 6
            case .noLabel: 7
            case .network: 8
            case .volume: 9
            case .publishes: 10
            case .since, .madeAfter: 11
            case .before, .madeBefore: 12
            case .exposes: 13
            }
        }
    }

    /// What a container's record does not say, and some filters ask for.
    package struct Details: Hashable, Sendable {
        /// Sources and destinations of the folders that are mounted into it.
        package var folders: Set<String>
        /// Its own and its image's: `80/tcp`.
        package var ports: Set<String>

        package init(folders: Set<String> = [], ports: Set<String> = []) {
            (self.folders, self.ports) = (folders, ports)
        }
    }

    private var conditions: [[Condition]] = []

    package init() {}

    package mutating func add(_ condition: Condition) {
        // Labels add up: a person who writes two wants both.
        switch condition {
        case .label, .noLabel: return conditions.append([condition])
        default: break
        }
        if let index = conditions.firstIndex(where: { $0[0].kind == condition.kind }) {
            conditions[index].append(condition)
        } else {
            conditions.append([condition])
        }
    }

    /// Puts a time in place of each container that `since` or `before` names.
    package mutating func resolve(_ created: (String) throws -> Timestamp) rethrows {
        conditions = try conditions.map { alternatives in
            try alternatives.map { condition in
                switch condition {
                case .since(let name): .madeAfter(try created(name))
                case .before(let name): .madeBefore(try created(name))
                default: condition
                }
            }
        }
    }

    /// Looks up, by `digest`, the images that `ancestor` names.
    package mutating func resolveImages(_ digest: (String) -> String?) {
        conditions = conditions.map { alternatives in
            alternatives.map { condition in
                guard case .image(var image) = condition else { return condition }
                image.resolve(digest)
                return .image(image)
            }
        }
    }

    /// Whether it says anything about the status, which then decides instead of `-a`.
    package var namesStatus: Bool { conditions.contains { [0, 5].contains($0[0].kind) } }

    /// - Parameter details: only asked where they decide.
    package func matches(
        _ record: ContainerRecord, status: String, exitCode: Int32?, health: Health?,
        details: () -> Details = { Details() }
    ) -> Bool {
        conditions.allSatisfy { alternatives in
            alternatives.contains { condition in
                switch condition {
                case .status(let word): status == word
                case .name(let pattern): pattern.matches(record.name) || pattern.matches("/\(record.name)")
                case .id(let start): record.id.hasPrefix(start)
                case .label(let key, let value): has(key, value, record)
                case .noLabel(let key, let value): !has(key, value, record)
                case .network(let name): (record.network?.names ?? ["none"]).contains(name)
                case .volume(let text):
                    record.volumes.contains { $0.name == text || $0.destination == text }
                        || text.hasPrefix("/") && details().folders.contains(text)
                case .exposes(let port, let transport): details().ports.contains("\(port)/\(transport.rawValue)")
                case .publishes(let port, let transport):
                    record.network?.ports.contains {
                        $0.transport == transport && port >= $0.port && port - $0.port < $0.count
                    } ?? false
                case .madeAfter(let time): record.created > time
                case .madeBefore(let time): record.created < time
                case .since, .before: false
                case .image(let image): image.isMet(by: record)
                case .exitCode(let code): exitCode == code
                case .health(let word): (health?.rawValue ?? "none") == word
                }
            }
        }
    }
}

private func has(_ key: String, _ value: String?, _ record: ContainerRecord) -> Bool {
    record.labels[key].map { value == nil || $0 == value } ?? false
}

extension FlagValue {
    /// `status=exited`, `name=web`, `id=3f`, `label=team=web`, `ancestor=tools`, `exited=137`, `health=unhealthy`.
    package func filter() throws(FlagError) -> ContainerFilter.Condition {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let value = parts.count == 2 ? parts[1] : ""
        // Docker's scripts ask for all by a name that is empty.
        guard !value.isEmpty || text == "name=" else {
            throw refused("is no filter: write it as in status=exited or name=web")
        }
        switch parts[0] {
        case "status":
            // Docker's word for what cannot be removed, which none is here.
            let words = ["created", "running", "paused", "restarting", "exited", "removing", "dead"]
            guard words.contains(value) else {
                throw refused("is no status: it is one of \(words.joined(separator: ", "))")
            }
            return .status(value)
        case "name": return .name(try FlagValue(name, value).pattern())
        case "id": return .id(value)
        case "label", "label!":
            let sides = value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let wanted = sides.count == 2 ? sides[1] : nil
            return parts[0] == "label" ? .label(key: sides[0], value: wanted) : .noLabel(key: sides[0], value: wanted)
        case "network": return .network(value)
        case "volume": return .volume(value)
        case "publish", "expose":
            let sides = value.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard let port = UInt16(sides[0]), sides.count < 3,
                let transport = PublishedPort.Transport(rawValue: sides.count == 2 ? sides[1] : "tcp")
            else { throw refused("needs a port of a container, as in \(parts[0])=80 or \(parts[0])=53/udp") }
            return parts[0] == "publish" ? .publishes(port, transport) : .exposes(port, transport)
        case "since": return .since(value)
        case "before": return .before(value)
        case "ancestor", "image": return .image(ImageWish(value))
        case "exited":
            guard let code = Int32(value), (0...255).contains(code) else {
                throw refused("needs an exit code, 0 to 255")
            }
            return .exitCode(code)
        case "health": return .health(value)
        default:
            throw refused(
                "is no filter: there are status, name, id, label, label!, ancestor, exited, health, network, volume, "
                    + "publish, expose, since and before")
        }
    }
}

extension FlagValue {
    /// A regular expression for names.
    package func pattern() throws(FlagError) -> RegularExpression {
        guard let pattern = RegularExpression(text) else {
            throw refused("is no regular expression: write a part of the name, or as in ^web-[0-9]+$")
        }
        return pattern
    }
}
