/// The words of /proc/PID/mountinfo. See proc_pid_mountinfo(5).
package enum MountInfo {
    /// A path as it is: spaces and the like are written `\040` there.
    package static func unescaped(_ field: ArraySlice<UInt8>) -> String {
        guard field.contains(UInt8(ascii: "\\")) else { return String(decoding: field, as: UTF8.self) }
        var bytes: [UInt8] = []
        var rest = field
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            if byte == UInt8(ascii: "\\"), digits.count == 3, digits.allSatisfy({ (48...55).contains($0) }) {
                bytes.append(UInt8(truncatingIfNeeded: digits.reduce(0) { $0 * 8 + Int($1) - 48 }))
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Where file systems of one of `types` are mounted, by the text of a mountinfo.
    package static func points(of types: Set<String>, in text: [UInt8]) -> [String] {
        text.split(separator: UInt8(ascii: "\n")).compactMap { line in
            let fields = line.split(separator: UInt8(ascii: " "))
            // Optional fields, as many as there are, end with a dash.
            let dash = fields.dropFirst(6).firstIndex { $0.elementsEqual("-".utf8) }
            guard let dash, dash + 1 < fields.count,
                types.contains(String(decoding: fields[dash + 1], as: UTF8.self))
            else { return nil }
            return unescaped(fields[4])
        }
    }
}
