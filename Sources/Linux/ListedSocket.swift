/// A socket of this network namespace, a line of /proc/net/tcp, tcp6, udp or udp6. See proc_pid_net(5).
///
/// One of TCP that is bound and neither listens nor is connected is in no line.
package struct ListedSocket: Sendable {
    package let isTCP: Bool
    /// The local one, 4 or 16 bytes in network order.
    package let address: [UInt8]
    package let port: UInt16
    package let inode: UInt64
    /// It has a peer, or what is left of one (TIME_WAIT); otherwise whoever comes is heard.
    package let isConnection: Bool

    package static func all() -> [ListedSocket] {
        [("tcp", true), ("tcp6", true), ("udp", false), ("udp6", false)].flatMap { file, isTCP in
            (Files.text("/proc/net/\(file)") ?? "").split(separator: "\n").dropFirst().compactMap {
                ListedSocket($0, isTCP: isTCP)
            }
        }
    }

    /// - Parameter line: as in `0: 0100007F:1F90 00000000:0000 0A …`; `nil` for what is none.
    package init?(_ line: Substring, isTCP: Bool) {
        let fields = line.split(separator: " ")
        guard fields.count > 9, let colon = fields[1].firstIndex(of: ":"),
            let port = UInt16(fields[1][fields[1].index(after: colon)...], radix: 16),
            let address = Self.address(fields[1][..<colon])
        else { return nil }
        self.isTCP = isTCP
        (self.address, self.port) = (address, port)
        inode = UInt64(fields[9]) ?? 0
        // TCP_LISTEN, and TCP_CLOSE for one of UDP that has no peer.
        isConnection = fields[3] != (isTCP ? "0A" : "07")
    }

    /// Words of four bytes, each in the machine's own order. An address of IPv4 in one of IPv6 (::ffff:10.0.0.1) is the
    /// former.
    private static func address(_ text: Substring) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count == 8 || digits.count == 32 else { return nil }
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: digits.count, by: 8) {
            guard let word = UInt32(String(decoding: digits[start..<(start + 8)], as: UTF8.self), radix: 16) else {
                return nil
            }
            withUnsafeBytes(of: word) { bytes += $0 }
        }
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
        return bytes.starts(with: mapped) ? Array(bytes.suffix(4)) : bytes
    }
}
