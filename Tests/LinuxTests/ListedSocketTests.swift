import Linux
import Testing

/// Lines of /proc/net/tcp and its like, as a machine of little endian shows them.
@Suite struct ListedSocketTests {
    private static func socket(_ local: String, _ state: String, isTCP: Bool = true) -> ListedSocket? {
        ListedSocket(
            "   0: \(local) 00000000:0000 \(state) 00000000:00000000 00:00000000 00000000 0 0 4711 1", isTCP: isTCP)
    }

    @Test(arguments: [
        ("0100007F:1F90", [127, 0, 0, 1] as [UInt8]),
        ("00000000000000000000000001000000:1F90", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
        ("0000000000000000FFFF00000100000A:1F90", [10, 0, 0, 1]),
    ])
    func `a socket has an address, a port and an inode`(local: String, address: [UInt8]) {
        let socket = Self.socket(local, "0A")
        #expect(socket?.address == address && socket?.port == 8080 && socket?.inode == 4711)
    }

    @Test(arguments: [
        ("0A", true, false), ("01", true, true), ("06", true, true), ("07", false, false), ("01", false, true),
    ])
    func `one that is connected is told from one that hears whoever comes`(
        state: String, isTCP: Bool, isConnection: Bool
    ) {
        #expect(Self.socket("00000000:1F90", state, isTCP: isTCP)?.isConnection == isConnection)
    }

    @Test(arguments: ["0100007F", "0100007F:", "0100007F:12345", "01007F:1F90", "0100007G:1F90"])
    func `what has no address and port is none`(local: String) {
        #expect(Self.socket(local, "0A") == nil)
    }
}
