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
            "0x" + address.bytes.map(\.hexadecimal).joined()
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

extension Member {
    /// What a container has in the sets by being in a network.
    var elements: [SetElement] {
        let cable = SetElement.Field.interface(cable)
        var elements = [
            SetElement(family: .bridge, set: "macs", key: [cable, .mac(mac)]),
            SetElement(family: .bridge, set: "address4", key: [cable, .address(address4)]),
        ]
        if let address6 {
            for address in [address6, mac.linkLocal] {
                elements.append(SetElement(family: .bridge, set: "address6", key: [cable, .address(address)]))
                elements.append(SetElement(family: .bridge, set: "target6", key: [cable, .payload(address)]))
            }
        }
        for port in ports {
            for offset in 0..<max(1, port.count) { elements += published(port, offset) }
        }
        return elements
    }

    private func published(_ port: PublishedPort, _ offset: UInt16) -> [SetElement] {
        let key: [SetElement.Field] = [.transport(port.transport), .port(port.hostPort &+ offset)]
        let address = port.address.flatMap { IPAddress($0) }
        return [address4, address6].compactMap { target in
            guard let target, address.map({ $0.isIPv6 == target.isIPv6 }) ?? true else { return nil }
            let version = target.isIPv6 ? "6" : "4"
            let value: [SetElement.Field] = [.address(target), .port(port.port &+ offset)]
            if let address, !address.isUnspecified {
                return SetElement(family: .inet, set: "bound\(version)", key: [.address(address)] + key, value: value)
            }
            return SetElement(family: .inet, set: "ports\(version)", key: key, value: value)
        }
    }
}
