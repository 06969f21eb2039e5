/// The flags of instructions: docs.docker.com/reference/dockerfile, as BuildKit reads them.
///
///     RUN --nonsense=1 make    line 2: RUN knows no --nonsense
///     COPY --parents a/b /to/  line 2: COPY --parents is not done here: …
enum StepFlags {
    /// Those that each instruction knows; one that is not here knows none.
    private static let known: [String: Set<String>] = [
        "FROM": ["platform"],
        "RUN": ["mount", "network", "security", "device"],
        "COPY": ["from", "chown", "chmod", "link", "parents", "exclude"],
        "ADD": ["chown", "chmod", "link", "exclude", "checksum", "keep-git-dir", "unpack"],
        "HEALTHCHECK": ["interval", "timeout", "start-period", "start-interval", "retries"],
    ]

    /// Why some that are known are not done here, and what helps.
    private static let undone: [String: String] = [
        "device": "a build's container has no devices of this host",
        "keep-git-dir": "no repository is fetched, so clone it in a RUN or before the build",
        "unpack": "an archive of the build's folder is unpacked, and what is fetched is not",
    ]

    /// Throws where `step` has a flag that its instruction does not know.
    static func check(_ step: Containerfile.Instruction) throws(BuildError) {
        let known = known[step.keyword] ?? []
        if let flag = step.flags.first(where: { !known.contains($0.name) }) {
            throw BuildError(line: step.line, "\(step.keyword) knows no --\(flag.name)")
        }
        do throws(BuildError) { for text in step.all("mount") { _ = try RunMount.fields(text) } } catch {
            throw error.at(step.line)
        }
    }

    /// Throws where `step` has a flag that is known, and not done here. Only a step that is wanted is asked.
    static func checkDone(_ step: Containerfile.Instruction) throws(BuildError) {
        for flag in step.flags {
            if let reason = undone[flag.name] {
                throw BuildError(line: step.line, "\(step.keyword) --\(flag.name) is not done here: \(reason)")
            }
            if flag.name == "security" { try check(security: flag.value, step) }
            // What a variable says is known when it is the step's turn.
            guard flag.name == "mount", !flag.value.contains("$") else { continue }
            do throws(BuildError) { _ = try RunMount(flag.value) } catch { throw error.at(step.line) }
        }
    }

    private static func check(security: String, _ step: Containerfile.Instruction) throws(BuildError) {
        switch security {
        case "sandbox": return
        case "insecure":
            throw BuildError(
                line: step.line, "RUN --security=insecure is not done here: a step has what every container has")
        default: throw BuildError(line: step.line, "--security=\(security) is not known: sandbox")
        }
    }
}
