/// Whether `text` can name a container or a volume: a letter or digit, then letters, digits, `_`, `.` and `-`.
func isName(_ text: String) -> Bool {
    func plain(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }
    guard let first = text.utf8.first, plain(first), text.utf8.count <= 128 else { return false }
    return text.utf8.allSatisfy { plain($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".") || $0 == 45 }
}

extension Flag {
    /// A container's name.
    package func containerName() throws(FlagError) -> String {
        guard isName(text) else {
            throw refused("not a name; use letters, digits, _ . and -, as in \(name) web-1")
        }
        return text
    }

    /// A host or domain name, at most 64 bytes, which is what the kernel keeps.
    package func hostName() throws(FlagError) -> String {
        guard !text.isEmpty, text.utf8.count <= 64, text.utf8.allSatisfy({ $0 > 32 && $0 < 127 && $0 != 47 }) else {
            throw refused("not a host name of at most 64 letters, digits, - and ., as in \(name) web.example")
        }
        return text
    }

    /// `KEY=VALUE`; a key alone has an empty value.
    package func label() throws(FlagError) -> (key: String, value: String) {
        let pair = try pair(example: "\(name) team=web")
        return (pair.key, pair.value ?? "")
    }
}
