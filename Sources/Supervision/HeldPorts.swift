import Glibc
import Linux
import Records

/// The ports of the host that lead into a container, each taken by a socket: the packet filter leads away what comes
/// there, and a program that could listen there would wait for it in vain. So its bind(2) fails with EADDRINUSE.
///
/// None of them hears anything. One of TCP is bound and does not listen, so that a connection that the rules lead nowhere
/// is refused as ever; one of UDP is bound to the container's cable as well, which is a port of a bridge and hands no
/// packet up to a socket. What is closed is free at once, also by a kill.
struct HeldPorts: ~Copyable {
    /// Each is a descriptor, and 2 to 4 kB of the kernel's memory. Of a container that publishes more, the others are led
    /// in all the same.
    private static let most = 256

    private var sockets: [Int32] = []
    private var lost: [Loss] = []

    private struct Loss {
        var isTCP: Bool
        var port: UInt16
        var reason: Errno
    }

    init() {}

    /// - Parameter cable: the host's end of one.
    init(_ ports: [PublishedPort], cable: String) {
        for port in ports {
            for offset in 0..<port.count where sockets.count + lost.count < Self.most {
                let number = port.hostPort &+ offset
                do throws(SystemCallError) { sockets.append(try Self.hold(port, number, cable)) } catch {
                    lost.append(Loss(isTCP: port.transport == .tcp, port: number, reason: error.errno))
                }
            }
        }
        leaveOutConnected()
    }

    /// Connections that go out from a port hear nobody who comes: where they alone have it, nothing is to be told.
    private mutating func leaveOutConnected() {
        if !lost.contains(where: { $0.reason == .addressInUse }) { return }
        let sockets = ListedSocket.all()
        lost.removeAll { loss in
            let own = sockets.filter { $0.isTCP == loss.isTCP && $0.port == loss.port }
            return loss.reason == .addressInUse && !own.isEmpty && own.allSatisfy(\.isConnection)
        }
    }

    deinit { for socket in sockets { close(socket) } }

    /// What could not be taken, in a sentence; `nil` where all is.
    var loss: String? {
        guard let first = lost.first else { return nil }
        let names = lost.prefix(4).map { "\($0.port)/\($0.isTCP ? "tcp" : "udp")" }.joined(separator: ", ")
        let (noun, verb) = lost.count == 1 ? ("port", "is") : ("ports", "are")
        let how = first.reason == .addressInUse ? "held by something else" : "not held (\(first.reason))"
        return "\(noun) \(names)\(lost.count > 4 ? "…" : "") of this host \(verb) \(how): a program that listens there "
            + "hears nothing, and is to be stopped"
    }

    private static func hold(
        _ port: PublishedPort, _ number: UInt16, _ cable: String
    ) throws(SystemCallError) -> Int32 {
        let isTCP = port.transport == .tcp
        let socket = try make(port.address, isTCP: isTCP)
        // An address may come and go while the container runs.
        try socket.set(IP_FREEBIND, at: Int32(IPPROTO_IP))
        if !isTCP { try socket.hearOnly(cable) }
        do { try socket.bind(to: port.address, number) } catch {
            guard isTCP, error.errno == .addressInUse else { throw error }
            // What is left of connections that have ended is in nobody's way. But whoever sets the option too could listen
            // beside one that has it still.
            try socket.set(SO_REUSEADDR)
            try socket.bind(to: port.address, number)
            try socket.set(SO_REUSEADDR, to: 0)
        }
        return socket.release()
    }

    /// One of IPv6 takes both families for a port at all addresses, where the kernel has both.
    private static func make(_ address: String?, isTCP: Bool) throws(SystemCallError) -> PortSocket {
        if let address, !address.contains(":") { return try PortSocket(AF_INET, isStream: isTCP) }
        do {
            let socket = try PortSocket(AF_INET6, isStream: isTCP)
            try socket.set(IPV6_V6ONLY, at: Int32(IPPROTO_IPV6), to: address == nil ? 0 : 1)
            return socket
        } catch {
            if address != nil { throw error }
            return try PortSocket(AF_INET, isStream: isTCP)
        }
    }
}

extension Supervisor {
    /// Holds the ports of the host that lead into the container by now, in place of those before.
    mutating func holdPorts() {
        ports = HeldPorts()
        // What connects a user's container without root holds them itself.
        guard let request = record.network, request.mode == .bridges, !request.ports.isEmpty,
            let network = files.network(of: id), let cable = network.interfaces.first?.hostName
        else { return }
        ports = HeldPorts(network.ports, cable: cable)
    }
}
