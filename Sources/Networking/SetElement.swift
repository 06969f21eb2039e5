import Records

/// One element of a set, or of a map, of boxtop's tables of the packet filter: what a container has there.
///
/// It has two forms that mean the same: text of nft(8), for the transaction that makes the tables, and the kernel's
/// bytes, for `NetfilterBatch`.
struct SetElement: Hashable {
    enum Family: UInt8 {
        case inet = 1
        case bridge = 7

        var text: String { self == .inet ? "inet" : "bridge" }
    }

    /// A part of a key or a value; several of them are one concatenation.
    enum Field: Hashable {
        case interface(String)
        case mac(MACAddress)
        case address(IPAddress)
        /// An address that rules read out of a packet's payload.
        case payload(IPAddress)
        case transport(PublishedPort.Transport)
        case port(UInt16)
    }

    var family: Family
    var set: String
    var key: [Field]
    /// Of a map.
    var value: [Field] = []

    /// A line that adds it to `table`.
    func adding(to table: String) -> String {
        let value = value.isEmpty ? "" : " : " + Self.text(self.value)
        return "add element \(family.text) \(table) \(set) { \(Self.text(key))\(value) }\n"
    }

    private static func text(_ fields: [Field]) -> String { fields.map(\.text).joined(separator: " . ") }
}

extension SetElement.Field {
    var text: String {
        switch self {
        case .interface(let name): "\"\(name)\""
        case .mac(let mac): "\(mac)"
        case .address(let address): "\(address)"
        case .payload(let address):
            "0x" + address.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        case .transport(let transport): transport.rawValue
        case .port(let port): "\(port)"
        }
    }

    /// In network order, filled up to words of four bytes as each part of a concatenation is.
    var bytes: [UInt8] {
        switch self {
        case .interface(let name):
            let name = Array(name.utf8.prefix(15))
            return name + [UInt8](repeating: 0, count: 16 - name.count)
        case .mac(let mac): return mac.bytes + [0, 0]
        case .address(let address), .payload(let address): return address.bytes
        case .transport(let transport): return [transport == .tcp ? 6 : 17, 0, 0, 0]
        case .port(let port): return [UInt8(port >> 8), UInt8(port & 0xFF), 0, 0]
        }
    }
}
