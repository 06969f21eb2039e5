import CLinux
import Glibc

/// What `--chmod` says: a mode, or a change of one as chmod(1) has it.
///
///     ModeChange("0644")
///     ModeChange("u=rwx,go=rX")   // X: for folders, and what somebody may run already
struct ModeChange {
    private struct Action {
        /// Whom it is for, as bits of `rwx` and the set-id bits of theirs.
        var who: mode_t
        /// `+`, `-` or `=`.
        var kind: Character
        var letters: Substring
    }

    private let mode: mode_t?
    private var actions: [Action] = []

    init(_ text: String) throws(BuildError) {
        if text.first?.isNumber == true {
            guard let number = mode_t(text, radix: 8), number <= 0o7777 else { throw Self.refused(text) }
            mode = number
            return
        }
        mode = nil
        for clause in text.split(separator: ",", omittingEmptySubsequences: false) {
            var rest = clause
            let names = rest.prefix { "ugoa".contains($0) }
            rest = rest[names.endIndex...]
            guard !rest.isEmpty else { throw Self.refused(text) }
            while let kind = rest.popFirst() {
                let letters = rest.prefix { !"+-=".contains($0) }
                rest = rest[letters.endIndex...]
                let isCopy = letters.count == 1 && "ugo".contains(letters)
                guard "+-=".contains(kind), isCopy || letters.allSatisfy({ "rwxXst".contains($0) }) else {
                    throw Self.refused(text)
                }
                actions.append(Action(who: Self.who(names), kind: kind, letters: letters))
            }
        }
    }

    private static func refused(_ text: String) -> BuildError {
        BuildError("--chmod=\(text) is no mode: 755, 0644, u=rwx,go=rx")
    }

    private static func who(_ names: Substring) -> mode_t {
        let all: [Character: mode_t] = ["u": 0o4700, "g": 0o2070, "o": 0o1007, "a": 0o7777]
        return names.isEmpty ? 0o7777 : names.reduce(0) { $0 | (all[$1] ?? 0) }
    }

    /// The mode that a file with `mode`, which has its kind as well, gets.
    func applied(to mode: mode_t) -> mode_t {
        if let fixed = self.mode { return fixed }
        var result = mode & 0o7777
        for action in actions {
            let isFolder = mode & S_IFMT == S_IFDIR
            let bits = Self.bits(action.letters, of: result, isFolder: isFolder) & action.who
            switch action.kind {
            case "+": result |= bits
            case "-": result &= ~bits
            default: result = result & ~action.who | bits
            }
        }
        return result
    }

    /// What `letters` stand for, for everybody.
    private static func bits(_ letters: Substring, of mode: mode_t, isFolder: Bool) -> mode_t {
        letters.reduce(0) { bits, letter in
            switch letter {
            case "r": bits | 0o444
            case "w": bits | 0o222
            case "x": bits | 0o111
            case "X": isFolder || mode & 0o111 != 0 ? bits | 0o111 : bits
            case "s": bits | 0o6000
            case "t": bits | 0o1000
            case "u": bits | (mode >> 6 & 7) * 0o111
            case "g": bits | (mode >> 3 & 7) * 0o111
            default: bits | (mode & 7) * 0o111
            }
        }
    }
}
