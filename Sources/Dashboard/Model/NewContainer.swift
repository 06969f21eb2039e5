import Cgroups
import TerminalKit

/// The form that makes a container.
struct NewContainer: Sendable {
    enum Row: Int, CaseIterable, Hashable, Sendable {
        case image, name, command, memory, cpus, processes, restart, ports, volumes, environment

        var title: String {
            switch self {
            case .image: "Image"
            case .name: "Name"
            case .command: "Command"
            case .memory: "Memory"
            case .cpus: "CPUs"
            case .processes: "Processes"
            case .restart: "Restart"
            case .ports: "Ports"
            case .volumes: "Volumes"
            case .environment: "Environment"
            }
        }

        var hint: String {
            switch self {
            case .image: "←→ chooses"
            case .name: "empty: one is made up"
            case .command: "empty: the image's own"
            case .memory: "64m, 1.5g; empty: unlimited"
            case .cpus: "cores: 0.5, 2; empty: unlimited"
            case .processes: "empty: unlimited"
            case .restart: "←→ chooses"
            case .ports: "8080:80, more after a blank"
            case .volumes: "/srv/data:/data or NAME:/data"
            case .environment: "KEY=VALUE, more after a blank"
            }
        }

        /// What the kernel limits it by; `nil` for what is no limit of a control group.
        var controller: Controller? {
            switch self {
            case .memory: .memory
            case .cpus: .cpu
            case .processes: .pids
            default: nil
            }
        }
    }

    static let policies = ["no", "on-failure", "always", "unless-stopped"]

    var images: [String]
    var fields: [Row: TextField]
    var focus: Row
    /// Shown beside the fields once a person has tried to go on.
    var tried = false
    var taken: Set<String>
    /// The controllers by which this user can limit a container: without one, its limit is not suggested.
    var limitable: Controllers
    /// How many the host has, once that is known.
    var cores: Int?
    /// Rows that stand as they were suggested: what is typed there takes the suggestion's place.
    var presets = Set(Row.allCases)
    /// Why it could not be made, until something of it is changed.
    var refusal: String?

    init(images: [String], taken: Set<String>, image: String?, limitable: Controllers, cores: Int?) {
        self.images = images
        self.taken = taken
        self.limitable = limitable
        self.cores = cores
        let first = image ?? images.first ?? ""
        fields = [
            .image: TextField(first), .name: TextField(Self.freeName(first, taken)), .command: TextField(),
            .memory: TextField("256m"), .cpus: TextField("1"), .processes: TextField("128"),
            .restart: TextField("no"), .ports: TextField(), .volumes: TextField(), .environment: TextField(),
        ]
        focus = first.isEmpty ? .image : .name
        for row in Row.allCases where !canLimit(row) { fields[row] = TextField() }
    }

    private func canLimit(_ row: Row) -> Bool { row.controller.map(limitable.contains) ?? true }

    /// What stands beside a row while a person is at it.
    func hint(_ row: Row) -> String { canLimit(row) ? row.hint : "no such limit here: boxtop info" }

    func text(_ row: Row) -> String { fields[row]?.text.trimmingBlanks ?? "" }

    /// A name after the image that nobody has: `nginx-1`.
    static func freeName(_ image: String, _ taken: Set<String>) -> String {
        let last = image.split(separator: "/").last ?? ""
        let base = last.prefix { $0 != ":" && $0 != "@" }
        guard !base.isEmpty else { return "" }
        return (1...).lazy.map { "\(base)-\($0)" }.first { !taken.contains($0) } ?? ""
    }

    /// Takes in which images there are, and fills in the first where nothing is said yet.
    mutating func offer(_ images: [String]) {
        self.images = images
        guard text(.image).isEmpty, let first = images.first else { return }
        fields[.image] = TextField(first)
        if text(.name).isEmpty { fields[.name] = TextField(Self.freeName(first, taken)) }
        focus = .name
    }

    /// Takes a key that edits the row that has the focus.
    mutating func edit(_ key: Key) {
        refusal = nil
        if presets.remove(focus) != nil, case .character = key { fields[focus] = TextField() }
        _ = fields[focus]?.take(key)
    }

    /// Chooses the next of the values of a row that has a list.
    mutating func choose(_ direction: Int) {
        let values = focus == .image ? images : focus == .restart ? Self.policies : []
        guard !values.isEmpty else { return }
        let now = values.firstIndex(of: text(focus)) ?? 0
        let next = values[(now + direction + values.count) % values.count]
        let named = text(.name) == Self.freeName(text(.image), taken)
        refusal = nil
        fields[focus] = TextField(next)
        // A name that nobody has touched follows the image.
        if focus == .image, named { fields[.name] = TextField(Self.freeName(next, taken)) }
    }

    /// The command line that makes it.
    var arguments: [String] {
        var arguments = ["run", "-d"]
        func add(_ flag: String, _ row: Row) { if !text(row).isEmpty { arguments += [flag, text(row)] } }
        add("--name", .name)
        add("--memory", .memory)
        add("--cpus", .cpus)
        add("--pids-limit", .processes)
        if text(.restart) != "no" { add("--restart", .restart) }
        for (flag, row) in [("--publish", Row.ports), ("--volume", .volumes), ("--env", .environment)] {
            for word in Words.split(text(row)) ?? [] { arguments += [flag, word] }
        }
        return arguments + [text(.image)] + (Words.command(text(.command)) ?? [])
    }
}

/// A command line as a person types it.
enum Words {
    /// Splits at blanks; quotes and backslashes as in a shell. `nil` where a quote is left open.
    static func split(_ text: String) -> [String]? {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var escaped = false
        for character in text {
            if escaped {
                word = (word ?? "") + String(character)
                escaped = false
            } else if character == "\\", quote != "'" {
                escaped = true
            } else if let open = quote {
                if character == open { quote = nil } else { word = (word ?? "") + String(character) }
            } else if character == "'" || character == "\"" {
                quote = character
                word = word ?? ""
            } else if character == " " {
                if let done = word { words.append(done) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if quote != nil || escaped { return nil }
        return words + (word.map { [$0] } ?? [])
    }

    /// The same, through `sh -c` where there is something that only a shell understands.
    static func command(_ text: String) -> [String]? {
        guard let words = split(text) else { return nil }
        let isShell = text.contains { "|&;<>$`*".contains($0) } && words.first != "sh"
        return isShell ? ["sh", "-c", text] : words
    }
}

extension String {
    var trimmingBlanks: String {
        var slice = self[...]
        while slice.first == " " { slice.removeFirst() }
        while slice.last == " " { slice.removeLast() }
        return String(slice)
    }
}
