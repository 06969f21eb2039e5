import Glibc

/// An address of IPv4 or IPv6.
package struct IPAddress: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// 4 or 16, in network order.
    package let bytes: [UInt8]

    package init(bytes: [UInt8]) { self.bytes = bytes }

    /// Reads `10.0.0.1` or `fd00::1`; `nil` for anything else.
    package init?(_ text: String) {
        var buffer = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &buffer) == 1 {
            bytes = Array(buffer.prefix(4))
        } else if inet_pton(AF_INET6, text, &buffer) == 1 {
            bytes = buffer
        } else {
            return nil
        }
    }

    package var isIPv6: Bool { bytes.count == 16 }
    package var family: Int32 { isIPv6 ? AF_INET6 : AF_INET }

    /// Of the host itself alone: 127.0.0.0/8, ::1.
    package var isLoopback: Bool {
        isIPv6 ? bytes.dropLast() == [UInt8](repeating: 0, count: 15)[...] && bytes[15] == 1 : bytes[0] == 127
    }

    /// Every address of the host: 0.0.0.0, ::.
    package var isUnspecified: Bool { bytes.allSatisfy { $0 == 0 } }

    package var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(family, bytes, &text, socklen_t(text.count)) != nil else { return "" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    package static func < (a: IPAddress, b: IPAddress) -> Bool {
        a.bytes.count == b.bytes.count ? a.bytes.lexicographicallyPrecedes(b.bytes) : a.bytes.count < b.bytes.count
    }

    /// The address `offset` after this one; of IPv6 only the last 64 bits count on.
    func advanced(by offset: UInt64) -> IPAddress {
        var bytes = bytes
        var carry = offset
        for index in bytes.indices.reversed() where carry > 0 {
            let sum = UInt64(bytes[index]) + (carry & 0xFF)
            bytes[index] = UInt8(truncatingIfNeeded: sum)
            carry = (carry >> 8) + (sum >> 8)
        }
        return IPAddress(bytes: bytes)
    }
}

/// A range of addresses with a common beginning: `10.180.0.0/22`.
package struct Subnet: Hashable, Sendable, CustomStringConvertible {
    /// The first: all bits behind the prefix are 0.
    package let base: IPAddress
    package let prefix: Int

    package init(_ address: IPAddress, prefix: Int) {
        var bytes = address.bytes
        for index in bytes.indices {
            let kept = min(8, max(0, prefix - index * 8))
            bytes[index] &= kept == 8 ? 0xFF : ~(0xFF >> UInt8(kept))
        }
        base = IPAddress(bytes: bytes)
        self.prefix = prefix
    }

    /// Reads `10.0.0.0/24`; `nil` for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPAddress(String(parts[0])), let prefix = Int(parts[1]), prefix > 0,
            prefix <= address.bytes.count * 8
        else { return nil }
        self.init(address, prefix: prefix)
    }

    package var description: String { "\(base)/\(prefix)" }

    package func contains(_ address: IPAddress) -> Bool {
        address.bytes.count == base.bytes.count && Subnet(address, prefix: prefix).base == base
    }

    package func overlaps(_ other: Subnet) -> Bool { contains(other.base) || other.contains(base) }

    /// How many addresses there are, at most 2⁶³.
    package var size: UInt64 { 1 << UInt64(min(63, base.bytes.count * 8 - prefix)) }

    /// The address with number `index`; 0 is the network itself.
    package func address(_ index: UInt64) -> IPAddress { base.advanced(by: index) }

    /// Whether a host may have `address`: not the network's own, nor IPv4's broadcast.
    package func isUsable(_ address: IPAddress) -> Bool {
        contains(address) && address != base && (address.isIPv6 || address != self.address(size - 1))
    }
}
