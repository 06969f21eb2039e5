import Glibc
import Linux
import Records

/// A container's place in one network while it runs: one line of `network.members`.
///
/// A line is written before anything of it is in the kernel and goes after everything has: so whatever a crash leaves
/// behind has its line, and the next command finds it by a process that is no more.
struct Member: Hashable {
    var network: String
    var id: String
    /// The container's first process.
    var process: Int32
    var cable: String
    /// Inside: `eth0`.
    var interface: String
    var mac: MACAddress
    var address4: IPAddress
    var address6: IPAddress?
    /// What others find it by, its own name first.
    var names: [String]
    var ports: [PublishedPort]

    /// Its first process lives, or another that has its id by now: `network repair` looks closer.
    var isAlive: Bool { kill(process, 0) == 0 || Errno.current == .notPermitted }

    init(
        network: String, id: String, process: Int32, cable: String, interface: String, address4: IPAddress,
        address6: IPAddress?, mac: MACAddress? = nil, names: [String], ports: [PublishedPort]
    ) {
        self.network = network
        self.id = id
        self.process = process
        self.cable = cable
        self.interface = interface
        self.mac = mac ?? MACAddress(for: address4)
        self.address4 = address4
        self.address6 = address6
        self.names = names
        self.ports = ports
    }

    // MARK: The line

    init?(_ line: Substring) {
        let fields = line.split(separator: " ")
        // The last is there where it is not the one that is made of the address.
        guard (9...10).contains(fields.count), let process = Int32(fields[2]),
            let address4 = IPAddress(String(fields[5]))
        else { return nil }
        let names = fields[7].split(separator: ",").map(String.init)
        let ports = fields[8] == "-" ? [] : fields[8].split(separator: ",").compactMap(Self.port)
        self.init(
            network: String(fields[0]), id: String(fields[1]), process: process, cable: String(fields[3]),
            interface: String(fields[4]), address4: address4, address6: IPAddress(String(fields[6])),
            mac: fields.count == 10 ? MACAddress(String(fields[9])) : nil, names: names, ports: ports)
    }

    var line: String {
        let ports = ports.map {
            "\($0.transport.rawValue)/\($0.address ?? "*")/\($0.hostPort)/\($0.port)/\($0.count)"
        }
        let address6 = address6.map { "\($0)" } ?? "-"
        let portText = ports.isEmpty ? "-" : ports.joined(separator: ",")
        return "\(network) \(id) \(process) \(cable) \(interface) \(address4) \(address6) "
            + "\(names.joined(separator: ",")) \(portText)" + (mac == MACAddress(for: address4) ? "" : " \(mac)")
    }

    private static func port(_ text: Substring) -> PublishedPort? {
        let parts = text.split(separator: "/")
        guard parts.count == 5, let transport = PublishedPort.Transport(rawValue: String(parts[0])),
            let hostPort = UInt16(parts[2]), let port = UInt16(parts[3]), let count = UInt16(parts[4])
        else { return nil }
        return PublishedPort(
            transport, address: parts[1] == "*" ? nil : String(parts[1]), hostPort: hostPort, port: port, count: count)
    }
}

/// A container's place in a network, as it is shown.
package struct NetworkPlace: Hashable, Sendable {
    package var network: String
    package var id: String
    package var names: [String]
    package var interface: String
    package var cable: String
    package var mac: String
    package var address4: String
    package var address6: String?
    package var ports: [PublishedPort]
}

extension Networks {
    /// Who is in the networks now.
    package func places() -> [NetworkPlace] {
        members().filter(\.isAlive).map {
            NetworkPlace(
                network: $0.network, id: $0.id, names: $0.names, interface: $0.interface, cable: $0.cable,
                mac: "\($0.mac)", address4: "\($0.address4)", address6: $0.address6.map { "\($0)" }, ports: $0.ports)
        }
    }

    /// Who is in the networks now, in the order in which they came.
    func members() -> [Member] {
        guard let bytes = try? Files.read(layout.networkMembers, limit: 16 << 20) else { return [] }
        return bytes.split(separator: UInt8(ascii: "\n")).compactMap {
            Member(Substring(String(decoding: $0, as: UTF8.self)))
        }
    }

    func write(_ members: [Member]) throws(NetworkError) {
        let text = members.map { $0.line + "\n" }.joined()
        try explaining { () throws(SystemCallError) in
            // It lies in memory: whole or not at all, but not flushed.
            try Files.replace(layout.networkMembers, with: Array(text.utf8), mode: 0o600, durable: false)
        }
    }
}
