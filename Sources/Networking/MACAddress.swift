/// The address of an interface on its cable.
package struct MACAddress: Hashable, Sendable, CustomStringConvertible {
    let bytes: [UInt8]

    /// Of the interface with the IPv4 address `address`: locally administered, the same each time, one for each address.
    init(for address: IPAddress) { bytes = [0x02, 0xBC] + address.bytes.suffix(4) }

    /// Reads `02:42:ac:11:00:02`, or the same with hyphens; `nil` for anything else.
    package init?(_ text: String) {
        let parts = text.split(omittingEmptySubsequences: false) { $0 == ":" || $0 == "-" }
        let bytes = parts.compactMap { $0.utf8.count == 2 && $0.first != "+" ? UInt8($0, radix: 16) : nil }
        guard parts.count == 6, bytes.count == 6 else { return nil }
        self.bytes = bytes
    }

    /// Whether an interface may have it: it is no group's, and not all zeros.
    package var isOfInterface: Bool { bytes[0] & 1 == 0 && bytes.contains { $0 != 0 } }

    package var description: String {
        bytes.map(\.hexadecimal).joined(separator: ":")
    }

    /// The link-local IPv6 address that the kernel makes of it: RFC 4291, appendix A.
    var linkLocal: IPAddress {
        IPAddress(
            bytes: [0xFE, 0x80, 0, 0, 0, 0, 0, 0, bytes[0] ^ 2, bytes[1], bytes[2], 0xFF, 0xFE] + bytes.suffix(3))
    }
}

extension UInt8 {
    /// Two digits.
    var hexadecimal: String { (self < 16 ? "0" : "") + String(self, radix: 16) }
}
