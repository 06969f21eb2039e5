import Linux

/// The first line of a script: what the kernel starts in its place. See execve(2), "Interpreter scripts".
package struct Script: Hashable {
    /// The absolute path after `#!`.
    package let interpreter: String
    /// With `/usr/bin/env`: the program that it is to look for.
    let program: String?

    /// Reads the first bytes of a file; `nil` where they are no `#!` line.
    package init?(_ bytes: [UInt8]) {
        guard bytes.starts(with: "#!".utf8) else { return nil }
        // The kernel reads 256 bytes.
        let line = bytes.prefix(256).dropFirst(2).prefix { $0 != UInt8(ascii: "\n") && $0 != 0 }
        let words = String(decoding: line, as: UTF8.self).split { $0 == " " || $0 == "\t" || $0 == "\r" }
        guard let first = words.first else { return nil }
        interpreter = String(first)
        guard first.hasSuffix("/env") else {
            program = nil
            return
        }
        // `env -S perl -w`, `env -i NAME=value sh`: options and assignments come first.
        let rest = words.dropFirst().drop { $0.hasPrefix("-") && !$0.hasPrefix("-S") || $0.contains("=") }
        guard let word = rest.first else {
            program = nil
            return
        }
        let glued = word.hasPrefix("-S") ? word.dropFirst(2) : word
        program = (glued.isEmpty ? rest.dropFirst().first : glued).map(String.init)
    }
}
