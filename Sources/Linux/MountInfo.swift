/// A line of /proc/PID/mountinfo: what is mounted, and where. See proc_pid_mountinfo(5).
package struct MountInfo: Hashable, Sendable {
    /// `MAJOR:MINOR`.
    package var device: String
    /// What of the file system is mounted: `/` is all of it.
    package var root: String
    package var point: String
    /// Of the file system: `proc`, `ext4`.
    package var type: String

    /// The mounts that this process sees, the first mounted first.
    package static func own() throws(SystemCallError) -> [MountInfo] {
        try Files.read("/proc/self/mountinfo").split(separator: UInt8(ascii: "\n")).compactMap(MountInfo.init)
    }

    private init?(_ line: ArraySlice<UInt8>) {
        let fields = line.split(separator: UInt8(ascii: " "))
        // Optional fields, as many as there are, end with a dash.
        let dash = fields.dropFirst(6).firstIndex { $0.elementsEqual("-".utf8) }
        guard let dash, dash + 1 < fields.count else { return nil }
        device = String(decoding: fields[2], as: UTF8.self)
        root = Self.unescaped(fields[3])
        point = Self.unescaped(fields[4])
        type = String(decoding: fields[dash + 1], as: UTF8.self)
    }

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
}
