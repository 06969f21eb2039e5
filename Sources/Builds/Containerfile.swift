/// A Containerfile or Dockerfile, read: docs.docker.com/reference/dockerfile.
package struct Containerfile: Hashable, Sendable {
    /// One step, its words as they are written.
    package struct Instruction: Hashable, Sendable {
        /// In capitals: `RUN`.
        package var keyword: String
        /// `--name=value` before the rest; a flag without a value has an empty one.
        package var flags: [Flag] = []
        /// What follows, continued lines joined.
        package var text: String
        package var heredocs: [Heredoc] = []
        /// From 1.
        package var line: Int

        package struct Flag: Hashable, Sendable {
            package var name: String
            package var value: String
        }

        /// The values of flag `name`, in order.
        func all(_ name: String) -> [String] { flags.filter { $0.name == name }.map(\.value) }
        func flag(_ name: String) -> String? { all(name).last }

        /// Whether flag `name`, which is `--name` or `--name=true`, is there.
        func isOn(_ name: String) throws(BuildError) -> Bool {
            switch flag(name)?.lowercased() {
            case nil, "false": return false
            case "", "true": return true
            case let other?: throw BuildError("--\(name)=\(other) is neither true nor false")
            }
        }

        /// As history shows it.
        var shown: String {
            let flags = flags.map { $0.value.isEmpty ? "--\($0.name) " : "--\($0.name)=\($0.value) " }.joined()
            return "\(keyword) \(flags)\(text)"
        }
    }

    /// What stands between `<<NAME` and `NAME`.
    package struct Heredoc: Hashable, Sendable {
        package var name: String
        package var text: String
        /// The name was not quoted: variables in the text are replaced.
        package var isExpanded: Bool
    }

    /// From one FROM to the next.
    package struct Stage: Hashable, Sendable {
        package var from: Instruction
        /// `AS name`, in small letters.
        package var name: String?
        package var base: String
        package var platform: String?
        package var steps: [Instruction] = []
    }

    /// ARG before the first FROM.
    package private(set) var globals: [Instruction] = []
    package private(set) var stages: [Stage] = []
    /// What joins lines: `\`, unless the first line says otherwise.
    package private(set) var escape: Character = "\\"

    /// Reads `text`; throws what is wrong with it, by line.
    package init(_ text: String) throws(BuildError) {
        var reader = LineReader(text)
        escape = reader.escape
        while let instruction = try reader.next() { try add(instruction) }
        guard !stages.isEmpty else { throw BuildError("there is no FROM in it") }
    }

    private mutating func add(_ instruction: Instruction) throws(BuildError) {
        guard Self.keywords.contains(instruction.keyword) else {
            throw BuildError(line: instruction.line, "there is no instruction \(instruction.keyword)")
        }
        try StepFlags.check(instruction)
        if instruction.keyword == "FROM" {
            let stage = try Self.stage(instruction)
            if let name = stage.name, stages.contains(where: { $0.name == name }) {
                throw BuildError(line: instruction.line, "there is a stage \(name) already")
            }
            return stages.append(stage)
        }
        guard !stages.isEmpty else {
            guard instruction.keyword == "ARG" else {
                throw BuildError(line: instruction.line, "only ARG may stand before the first FROM")
            }
            return globals.append(instruction)
        }
        stages[stages.count - 1].steps.append(instruction)
    }

    private static func stage(_ instruction: Instruction) throws(BuildError) -> Stage {
        let words = instruction.text.split(whereSeparator: \.isWhitespace).map(String.init)
        guard words.count == 1 || words.count == 3 && words[1].lowercased() == "as" else {
            throw BuildError(line: instruction.line, "FROM wants IMAGE or IMAGE AS NAME")
        }
        return Stage(
            from: instruction, name: words.count == 3 ? words[2].lowercased() : nil, base: words[0],
            platform: instruction.flag("platform"))
    }

    private static let keywords: Set<String> = [
        "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER",
        "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
    ]

    /// The stage that `name`, a name or a number, means, of those before stage `limit`.
    package func stage(_ name: String, before limit: Int) -> Int? {
        if let index = stages[..<limit].lastIndex(where: { $0.name == name.lowercased() }) { return index }
        return Int(name).flatMap { (0..<limit).contains($0) ? $0 : nil }
    }
}
