import Containers
import JSON
import OCI

/// An instruction that changes how an image wants to be run, and none of its files.
package struct ConfigurationStep: Sendable {
    private enum Change: Sendable {
        case environment([(String, String)])
        case labels([(String, String)])
        case command([String])
        case entrypoint([String])
        case expose([String])
        case volumes([String])
        case user(String)
        case stopSignal(String)
        case shell([String])
        case health(ImageConfiguration.Healthcheck)
        case onBuild(String)
        case workdir(String)
        case nothing
    }

    private let change: Change

    static let keywords: Set<String> = [
        "CMD", "ENTRYPOINT", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD", "SHELL", "STOPSIGNAL",
        "USER", "VOLUME", "WORKDIR",
    ]

    /// One line of a Containerfile, for `commit --change`.
    package init(parsing text: String) throws(BuildError) {
        var reader = LineReader(text)
        guard let instruction = try reader.next(), Self.keywords.contains(instruction.keyword) else {
            throw BuildError("“\(text)” changes nothing that --change knows")
        }
        do { try StepFlags.check(instruction) } catch { throw BuildError(error.reason) }
        self = try ConfigurationStep(instruction, Words(escape: "\\", variable: { _ in nil }), shell: nil)
    }

    init(
        _ instruction: Containerfile.Instruction, _ words: Words, shell: [String]?
    ) throws(BuildError) {
        let text = instruction.text
        switch instruction.keyword {
        case "ENV": change = .environment(try Self.pairs(text, words))
        case "LABEL": change = .labels(try Self.pairs(text, words))
        case "MAINTAINER": change = .labels([("maintainer", text)])
        case "CMD": change = .command(Self.command(text, shell))
        case "ENTRYPOINT": change = .entrypoint(Self.command(text, shell))
        case "EXPOSE":
            var ports: [String] = []
            for word in try words.split(text) { ports += try Self.ports(word) }
            change = .expose(ports)
        case "VOLUME":
            if let list = Self.list(text) { change = .volumes(list) } else { change = .volumes(try words.split(text)) }
        case "USER": change = .user(try words.expand(text))
        case "STOPSIGNAL": change = .stopSignal(try Self.signal(try words.expand(text)))
        case "SHELL":
            guard let list = Self.list(text), !list.isEmpty else {
                throw BuildError("SHELL wants a list: [\"/bin/bash\", \"-c\"]")
            }
            change = .shell(list)
        case "HEALTHCHECK": change = .health(try Self.health(instruction, shell))
        case "ONBUILD":
            let keyword = text.prefix { !$0.isWhitespace }.uppercased()
            guard !["ONBUILD", "FROM", "MAINTAINER"].contains(keyword) else {
                throw BuildError("ONBUILD \(keyword) is not possible")
            }
            change = .onBuild(text)
        case "WORKDIR": change = .workdir(try words.expand(text))
        default: change = .nothing
        }
    }

    /// `["a", "b"]`; `nil` for anything else.
    static func list(_ text: String) -> [String]? {
        text.hasPrefix("[") ? try? JSON.decode([String].self, from: Array(text.utf8)) : nil
    }

    /// A list as it is, a text for the shell.
    static func command(_ text: String, _ shell: [String]?) -> [String] {
        list(text) ?? (shell ?? ["/bin/sh", "-c"]) + [text]
    }

    /// `a=b c="d e"`, or the older `a the rest`.
    private static func pairs(_ text: String, _ words: Words) throws(BuildError) -> [(String, String)] {
        let first = text.prefix { !$0.isWhitespace }
        // A name in quotes may have spaces in it.
        guard first.contains("=") || first.hasPrefix("\"") || first.hasPrefix("'") else {
            let value = LineReader.trimmed(text[first.endIndex...])
            guard !value.isEmpty else { throw BuildError("“\(first)” has no value: NAME=VALUE") }
            return [(try words.expand(String(first)), try words.expand(value))]
        }
        return try words.split(text).map { word throws(BuildError) in
            guard let equals = word.firstIndex(of: "="), equals != word.startIndex else {
                throw BuildError("“\(word)” is no NAME=VALUE")
            }
            return (String(word[..<equals]), String(word[word.index(after: equals)...]))
        }
    }

    /// Each port of `80`, `53/udp`, `8000-8002`, as images list them.
    private static func ports(_ text: String) throws(BuildError) -> [String] {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false).map { UInt16($0) }
        let transport = parts.count == 2 ? parts[1].lowercased() : "tcp"
        guard parts.count < 3, ["tcp", "udp", "sctp"].contains(transport), (1...2).contains(ends.count),
            let first = ends[0], let last = ends[ends.count - 1], first > 0, first <= last
        else { throw BuildError("EXPOSE “\(text)”: that is no port: 80, 53/udp, 8000-8010") }
        return (first...last).map { "\($0)/\(transport)" }
    }

    /// `text` where it is a signal.
    private static func signal(_ text: String) throws(BuildError) -> String {
        do throws(ContainerError) { _ = try Parse.signal(text) } catch { throw BuildError("STOPSIGNAL \(error)") }
        return text
    }

    private static func health(
        _ instruction: Containerfile.Instruction, _ shell: [String]?
    ) throws(BuildError) -> ImageConfiguration.Healthcheck {
        var check = ImageConfiguration.Healthcheck()
        let word = instruction.text.prefix { !$0.isWhitespace }
        if word.uppercased() == "NONE" {
            check.test = ["NONE"]
            return check
        }
        guard word.uppercased() == "CMD" else { throw BuildError("HEALTHCHECK wants CMD … or NONE") }
        let text = LineReader.trimmed(instruction.text[word.endIndex...])
        check.test = list(text).map { ["CMD"] + $0 } ?? ["CMD-SHELL", text]
        check.interval = try time("interval", of: instruction)
        check.timeout = try time("timeout", of: instruction)
        check.startPeriod = try time("start-period", of: instruction)
        check.startInterval = try time("start-interval", of: instruction)
        if let text = instruction.flag("retries") {
            guard let count = Int(text), count >= 0 else { throw BuildError("--retries=\(text) is no number") }
            check.retries = count
        }
        return check
    }

    /// Nanoseconds of `30s`, `1m30s`, `500ms`.
    private static func time(
        _ name: String, of instruction: Containerfile.Instruction
    ) throws(BuildError) -> Int64? {
        guard let text = instruction.flag(name) else { return nil }
        var (rest, total) = (text[...], 0.0)
        while !rest.isEmpty {
            let number = rest.prefix { $0.isNumber || $0 == "." }
            rest = rest[number.endIndex...]
            let unit = rest.prefix { $0.isLetter }
            rest = rest[unit.endIndex...]
            let scale: Double? = ["ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9, "h": 3600e9][String(unit)]
            guard let value = Double(number), let scale else {
                throw BuildError("--\(name)=\(text) is no length of time: 30s, 1m30s")
            }
            total += value * scale
        }
        guard total < 9e18 else { throw BuildError("--\(name)=\(text) is too long") }
        return Int64(total)
    }

    /// Changes `process` so.
    ///
    /// - Parameter hasCommand: whether a step of the same stage has given the command, which an entry point leaves then.
    /// - Returns: whether one has by now.
    func apply(to process: inout ImageConfiguration.Process, hasCommand: Bool) -> Bool {
        switch change {
        case .environment(let pairs):
            var lines = process.env ?? []
            for (name, value) in pairs {
                if let index = lines.firstIndex(where: { $0.hasPrefix("\(name)=") }) {
                    lines[index] = "\(name)=\(value)"
                } else {
                    lines.append("\(name)=\(value)")
                }
            }
            process.env = lines
        case .labels(let pairs):
            for (name, value) in pairs { process.labels = (process.labels ?? [:]).with(name, value) }
        case .command(let words):
            process.cmd = words
            return true
        case .entrypoint(let words):
            process.entrypoint = words
            // The command of the image below was for its own entry point.
            if !hasCommand { process.cmd = nil }
        case .expose(let ports):
            for port in ports { process.exposedPorts = (process.exposedPorts ?? [:]).with(port, .init()) }
        case .volumes(let paths):
            for path in paths { process.volumes = (process.volumes ?? [:]).with(path, .init()) }
        case .user(let name): process.user = name
        case .stopSignal(let name): process.stopSignal = name
        case .shell(let words): process.shell = words
        case .health(let check): process.healthcheck = check
        case .onBuild(let text): process.onBuild = (process.onBuild ?? []) + [text]
        case .workdir(let path):
            process.workingDir =
                path.hasPrefix("/")
                ? BuildPath.normal(path) : BuildPath.normal("\(process.workingDir ?? "/")/\(path)")
        case .nothing: break
        }
        return hasCommand
    }
}

extension [ConfigurationStep] {
    /// Changes `process` so, by one after the other, as the steps of one stage do.
    package func apply(to process: inout ImageConfiguration.Process) {
        var hasCommand = false
        for step in self { hasCommand = step.apply(to: &process, hasCommand: hasCommand) }
    }
}

extension Dictionary {
    fileprivate func with(_ key: Key, _ value: Value) -> Dictionary {
        var copy = self
        copy[key] = value
        return copy
    }
}

/// Paths as text.
enum BuildPath {
    /// Without `.`, `..` and doubled slashes; never above `/`.
    static func normal(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }
}
