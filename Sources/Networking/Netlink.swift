import CNetlink
import Glibc
import Linux

/// A connection to the kernel's interfaces, addresses and routes, of the network namespace that it was opened in.
/// See rtnetlink(7).
struct Netlink: ~Copyable {
    private let connection: OpaquePointer

    init() throws(NetworkError) {
        var connection: OpaquePointer?
        let result = cnetlink_open(&connection)
        guard result == 0, let connection else { throw Self.error("reach the kernel's networks", result) }
        self.connection = connection
    }

    deinit { cnetlink_close(connection) }

    /// The number of interface `name`; `nil` where there is none.
    func index(of name: String) -> Int32? {
        let index = cnetlink_index(connection, name)
        return index > 0 ? index : nil
    }

    func addBridge(_ name: String, mac: MACAddress, mtu: UInt32) throws(NetworkError) {
        try check("make the bridge \(name)", cnetlink_add_bridge(connection, name, mac.bytes, mtu))
    }

    /// Makes a cable: `name` in the bridge, `inner` in the namespace `netns`, both up.
    func addCable(
        _ name: String, bridge: Int32, inner: String, mac: MACAddress, netns: Int32, mtu: UInt32
    ) throws(NetworkError) {
        try check(
            "make the interface \(name)",
            cnetlink_add_veth(connection, name, bridge, inner, mac.bytes, netns, mtu))
    }

    func delete(_ index: Int32) throws(NetworkError) {
        try check("remove an interface", cnetlink_delete(connection, index))
    }

    func setUp(_ index: Int32) throws(NetworkError) {
        try check("switch an interface on", cnetlink_set_up(connection, index))
    }

    /// Lets TCP hand down `bytes` at once to the interface, in at most so many `packets`.
    func setBurst(_ index: Int32, bytes: UInt32, packets: UInt32) throws(NetworkError) {
        try check("set what an interface takes at once", cnetlink_set_burst(connection, index, bytes, packets))
    }

    func setMaster(_ index: Int32, _ master: Int32) throws(NetworkError) {
        try check("put an interface into its bridge", cnetlink_set_master(connection, index, master))
    }

    /// Lets the bridge know at once where `mac` is, which else it learns from the first packet: of a container that has
    /// been started again, the port of its last life would be meant until then.
    func pin(_ mac: MACAddress, to index: Int32) throws(NetworkError) {
        try check("tell the bridge of an interface", cnetlink_add_forwarding(connection, index, mac.bytes))
    }

    /// Lets a packet leave the bridge by the port that it came in by.
    func setHairpin(_ index: Int32) throws(NetworkError) {
        try check("let an interface reach itself", cnetlink_set_hairpin(connection, index))
    }

    func add(_ address: IPAddress, prefix: Int, to index: Int32) throws(NetworkError) {
        try check(
            "give the address \(address)",
            cnetlink_add_address(connection, index, address.family, address.bytes, Int32(prefix)))
    }

    /// - Parameter mtu: of what goes this way; 0: the interface's.
    func addDefaultRoute(
        by gateway: IPAddress, over index: Int32, metric: UInt32, mtu: UInt32
    ) throws(NetworkError) {
        try check(
            "set the default route by \(gateway)",
            cnetlink_add_default_route(connection, index, gateway.family, gateway.bytes, metric, mtu))
    }

    func addLocalLoopback6(over index: Int32) throws(NetworkError) {
        try check("set a route for ::1", cnetlink_add_local_loopback6(connection, index))
    }

    /// At most `rate` bytes a second leave the interface; `nil`: as many as can.
    func setRate(_ index: Int32, _ rate: UInt64?) throws(NetworkError) {
        try check("limit the rate of an interface", cnetlink_set_rate(connection, index, rate ?? 0))
    }

    struct Link {
        var index: Int32
        var master: Int32
        var name: String
        var kind: String
        var isUp: Bool
    }

    func links() throws(NetworkError) -> [Link] {
        var found: [Link] = []
        let result = withUnsafeMutablePointer(to: &found) { pointer in
            cnetlink_links(connection, pointer) { context, link in
                guard let link = link?.pointee, let name = link.name, let kind = link.kind else { return }
                context?.assumingMemoryBound(to: [Link].self).pointee.append(
                    Link(
                        index: link.index, master: link.master, name: String(cString: name),
                        kind: String(cString: kind), isUp: link.up != 0))
            }
        }
        try check("list the interfaces", result)
        return found
    }

    /// Addresses of all interfaces, with the whole prefix they are in and the interface's number.
    func addresses() throws(NetworkError) -> [(address: IPAddress, prefix: Int, index: Int32)] {
        try prefixes("list the addresses", cnetlink_addresses)
    }

    /// Where routes of the main table lead, but the default ones.
    func routes() throws(NetworkError) -> [Subnet] {
        try prefixes("list the routes", cnetlink_routes).filter { $0.prefix > 0 }.map {
            Subnet($0.address, prefix: $0.prefix)
        }
    }

    private typealias Each =
        @convention(c) (UnsafeMutableRawPointer?, Int32, UnsafePointer<UInt8>?, Int32, Int32) -> Void

    private func prefixes(
        _ doing: String, _ list: (OpaquePointer?, UnsafeMutableRawPointer?, Each?) -> Int32
    ) throws(NetworkError) -> [(address: IPAddress, prefix: Int, index: Int32)] {
        var found: [(address: IPAddress, prefix: Int, index: Int32)] = []
        let result = withUnsafeMutablePointer(to: &found) { pointer in
            list(connection, pointer) { context, family, bytes, prefix, index in
                guard family == AF_INET || family == AF_INET6, let bytes else { return }
                let address = IPAddress(
                    bytes: Array(UnsafeBufferPointer(start: bytes, count: family == AF_INET ? 4 : 16)))
                context?.assumingMemoryBound(to: [(address: IPAddress, prefix: Int, index: Int32)].self).pointee
                    .append((address, Int(prefix), index))
            }
        }
        try check(doing, result)
        return found
    }

    private func check(_ doing: String, _ result: Int32) throws(NetworkError) {
        if result < 0 { throw Self.error(doing, result) }
    }

    private static func error(_ doing: String, _ result: Int32) -> NetworkError {
        if result == -CNETLINK_LIBRARY - 1 {
            return NetworkError(
                .unsupported,
                "libnl-route-3 cannot be used (\(String(cString: cnetlink_problem()))): apt install libnl-route-3-200")
        }
        if result < -CNETLINK_LIBRARY {
            return NetworkError(.failed, "cannot \(doing): \(String(cString: cnetlink_problem()))")
        }
        let reason = Errno(rawValue: -result)
        let kind: NetworkError.Kind =
            switch reason {
            case .exists: .conflict
            case .notPermitted, .notSupported: .unsupported
            default: .failed
            }
        return NetworkError(kind, "cannot \(doing): \(reason)")
    }
}
