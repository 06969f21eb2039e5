import CLinux
import Glibc
import Linux

/// Mounts for kernels that copy only what hangs in the caller's mount namespace: made by a process with such a namespace
/// of its own, that hands them over and ends.
enum MountedAside {
    /// An open descriptor that whoever has the number must close.
    typealias FileDescriptorNumber = MountSources.FileDescriptorNumber

    /// What `make` gives, which is called where nothing that is mounted shows elsewhere.
    static func mounts(
        _ make: () throws(SystemCallError) -> [FileDescriptorNumber]
    ) throws(SystemCallError) -> [FileDescriptorNumber] {
        let sockets = try PacketSocketPair()
        switch try Cloned.clone(.mount) {
        case .child:
            let socket = sockets.intoFar()
            do throws(SystemCallError) {
                try systemCall("keep mounts private") { mount(nil, "/", nil, UInt(MS_PRIVATE | MS_REC), nil) }
                for tree in try make() { try socket.send([0], descriptors: [tree]) }
                // All of them.
                try socket.send([0])
                _exit(0)
            } catch {
                try? socket.send([UInt8(truncatingIfNeeded: error.errno.rawValue)] + Array(error.operation.utf8))
                _exit(1)
            }
        case .parent(_, let process):
            var made: [FileDescriptorNumber] = []
            do throws(SystemCallError) {
                try receive(sockets.intoNear(), into: &made)
                try process.wait()
                return made
            } catch {
                for descriptor in made { close(descriptor) }
                throw error
            }
        }
    }

    private static func receive(
        _ socket: consuming PacketSocket, into made: inout [FileDescriptorNumber]
    ) throws(SystemCallError) {
        while let packet = try socket.receive() {
            made += packet.descriptors
            let reason = packet.bytes.first ?? 0
            if reason != 0 {
                throw SystemCallError(
                    String(decoding: packet.bytes.dropFirst(), as: UTF8.self), errno: Errno(rawValue: Int32(reason)))
            }
            if packet.descriptors.isEmpty { return }
        }
        throw SystemCallError("make mounts aside", errno: .brokenPipe)
    }
}
