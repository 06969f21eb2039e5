import CNetlink
import Glibc
import JSON
import Linux
import Records

/// The networks of one root: what they are on disk, and what of them is in the kernel.
///
///     let networks = Networks(layout)
///     try networks.create(NewNetwork("back"))
///     try networks.setUp(container, process: pid)
package struct Networks: Sendable {
    package let layout: Layout
    let names: KernelNames

    package init(_ layout: Layout) {
        self.layout = layout
        names = KernelNames(layout)
    }

    /// Loads what a set-up will need, for whoever still waits for something.
    package static func prepare() { _ = cnetlink_available() }

    func folder(_ name: String) -> String { "\(layout.networks)/\(name)" }

    private func record(_ name: String) -> String { "\(folder(name))/network.json" }

    /// All of them, by name. Each whose record cannot be read goes to `onDamage` and is left out.
    package func list(onDamage: (NetworkError) -> Void = { _ in }) -> [BridgeNetwork] {
        var networks: [BridgeNetwork] = []
        for name in ((try? Files.names(in: layout.networks)) ?? []).sorted() {
            do throws(NetworkError) { networks.append(try find(name)) } catch {
                // A folder alone is of one whose creation was cut short.
                if error.kind != .notFound { onDamage(error) }
            }
        }
        return networks
    }

    /// The one called `name`; `bridge` and `default`, docker's words, stand for the default one.
    package func find(_ name: String) throws(NetworkError) -> BridgeNetwork {
        let name = Self.own(name)
        guard Self.isName(name), let bytes = try? Files.read(record(name), limit: 1 << 20) else {
            throw NetworkError(.notFound, "there is no network “\(name)”: boxtop network ls lists them")
        }
        do {
            return try Node.read(bytes) { node throws(JSONError) in try BridgeNetwork(node) }
        } catch {
            throw NetworkError(
                .failed,
                "cannot understand the record of network \(name): \(error); boxtop network rm \(name) takes it away")
        }
    }

    /// The name and the bridge that the network called `name` is removed by, and why it has no more than these: its
    /// creation was cut short, or its record cannot be read.
    package func findForRemoval(
        _ name: String
    ) throws(NetworkError) -> (name: String, bridge: String, damage: NetworkError?) {
        if ["host", "none"].contains(name) {
            throw NetworkError(
                .invalid,
                "network \(name) is there on every host and cannot be removed: no bridge of boxtop's is behind it")
        }
        do throws(NetworkError) {
            let network = try find(name)
            return (network.name, network.bridge, nil)
        } catch {
            let own = Self.own(name)
            guard Self.isName(own), Files.exists(folder(own)) else { throw error }
            // One that is just being made has its folder before its record.
            let lock = try lock()
            defer { withExtendedLifetime(lock) {} }
            if let network = try? find(name) { return (network.name, network.bridge, nil) }
            return (own, names.bridge(of: own), error)
        }
    }

    private static func own(_ name: String) -> String {
        ["bridge", "default"].contains(name) ? BridgeNetwork.defaultName : name
    }

    /// The one that containers are in where nothing else is asked for; made where it is not there yet.
    package func defaultNetwork() throws(NetworkError) -> BridgeNetwork {
        if let found = try? find(BridgeNetwork.defaultName) { return found }
        var new = NewNetwork(BridgeNetwork.defaultName)
        new.ipv6 = Self.hasIPv6
        do { return try create(new) } catch {
            // Two commands at once.
            if error.kind == .conflict, let found = try? find(BridgeNetwork.defaultName) { return found }
            throw error
        }
    }

    /// The one called `name`; the usual one is made where it is not there yet.
    package func findOrMake(_ name: String) throws(NetworkError) -> BridgeNetwork {
        try Self.requireRoot()
        let isUsual = ["bridge", "default", BridgeNetwork.defaultName].contains(name)
        return isUsual ? try defaultNetwork() : try find(name)
    }

    /// Makes a network's record; its bridge comes with its first container.
    @discardableResult
    package func create(_ new: NewNetwork) throws(NetworkError) -> BridgeNetwork {
        guard !Self.reserved.contains(new.name) else {
            throw NetworkError(.invalid, "“\(new.name)” has a meaning of its own for --network: use another name")
        }
        guard Self.isName(new.name) else {
            throw NetworkError(
                .invalid,
                "“\(new.name)” is no name of a network: at most 64 letters, digits, _ . and -, the first a letter or "
                    + "digit")
        }
        try Self.requireRoot()
        let lock = try lock()
        defer { withExtendedLifetime(lock) {} }
        if Files.exists(record(new.name)) {
            let name = try find(new.name).name
            throw NetworkError(.conflict, "there is a network \(name) already: remove it, or use another name")
        }
        let network = try AddressPlan.now(beside: list()).network(new, bridge: names.bridge(of: new.name))
        try write(network)
        return network
    }

    private func write(_ network: BridgeNetwork) throws(NetworkError) {
        let bytes: [UInt8]
        do { bytes = try JSON.encode(network) } catch { throw NetworkError(.failed, "\(error)") }
        try explaining("cannot keep network \(network.name)") { () throws(SystemCallError) in
            do throws(SystemCallError) {
                try Files.makeDirectories("\(folder(network.name))/addresses")
                try Files.replace(record(network.name), with: bytes + [UInt8(ascii: "\n")])
            } catch {
                try? Files.removeTree(folder(network.name))
                throw error
            }
        }
    }

    /// Held by whoever changes what networks there are, who is in them, or the kernel's part of them. The kernel gives
    /// it back when the holder dies.
    ///
    /// - Parameter isPatient: off, it throws where somebody has it.
    func lock(isPatient: Bool = true) throws(NetworkError) -> NetworkLock {
        let path = "\(layout.networks)/.lock"
        return try explaining { () throws(SystemCallError) in
            try Files.makePrivate(layout.networks)
            let file = try FileDescriptor.open(path, flags: O_RDWR | O_CREAT, mode: 0o600)
            let number = file.number
            try systemCall("lock", path) { flock(number, isPatient ? LOCK_EX : LOCK_EX | LOCK_NB) }
            return NetworkLock(file: file)
        }
    }

    /// Bridges and rules are made by root alone; said before anything is tried, since the kernel's own words are not clear.
    static func requireRoot() throws(NetworkError) {
        guard geteuid() != 0 else { return }
        throw NetworkError(
            .unsupported,
            "networks with a bridge need root; without it there are --network pasta, host and none (user \(geteuid()))")
    }

    private static let reserved: Set = ["none", "host", "bridge", "default", "container", "pasta"]

    static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, first < 128, name.utf8.count <= 64 else { return false }
        return name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_.-".contains($0)) }
            && name.first.map { $0.isLetter || $0.isNumber } ?? false
    }

    static let absence6 = "IPv6 is off on this host (net.ipv6.conf.all.disable_ipv6)"
    /// Whether this kernel has IPv6, switched on.
    static var hasIPv6: Bool { Files.text("/proc/sys/net/ipv6/conf/all/disable_ipv6")?.first == "0" }
}

/// An flock(2), held while this lives.
struct NetworkLock: ~Copyable {
    let file: FileDescriptor
}
