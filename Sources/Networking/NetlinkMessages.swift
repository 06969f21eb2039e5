import Glibc
import Linux

/// Messages of netlink(7) to the packet filter and its neighbours, and what they answer.
enum NetlinkMessages {
    /// A request for the end of `connection` that is the kernel's.
    static func request(
        _ kind: UInt16, family: UInt8, _ attributes: NetlinkAttributes = NetlinkAttributes(), isDump: Bool = false
    ) -> [UInt8] {
        let (request, dump) = (UInt16(1), UInt16(0x300))
        let length = UInt32(20 + attributes.bytes.count)
        return length.nativeBytes + kind.nativeBytes + (isDump ? request | dump : request).nativeBytes
            + [UInt8](repeating: 0, count: 8) + [family, 0, 0, 0] + attributes.bytes
    }

    private static func connection() throws(SystemCallError) -> FileDescriptor {
        let netfilter: Int32 = 12
        return FileDescriptor(
            owning: try systemCall("reach the packet filter") {
                socket(AF_NETLINK, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue), netfilter)
            })
    }

    /// Has the kernel do what `message` says, which may be several in one. Returns the connection, as `NetfilterBatch`
    /// has need of it.
    static func send(_ message: [UInt8]) throws(SystemCallError) -> FileDescriptor {
        let connection = try connection()
        // The kernel keeps the message whole, with its own account of it.
        var size = Int32(clamping: message.count * 2 + 4_096)
        let length = socklen_t(MemoryLayout<Int32>.size)
        if setsockopt(connection.number, SOL_SOCKET, SO_SNDBUFFORCE, &size, length) != 0 {
            setsockopt(connection.number, SOL_SOCKET, SO_SNDBUF, &size, length)
        }
        let number = connection.number
        let sent = try systemCall("change the packet filter") { Glibc.send(number, message, message.count, 0) }
        guard sent == message.count else { throw SystemCallError("change the packet filter", errno: .invalid) }
        // It has done all of it before send returns; only what went wrong is answered.
        var answer = [UInt8](repeating: 0, count: 8_192)
        let received = recv(number, &answer, answer.count, Int32(MSG_DONTWAIT))
        // An answer is a header, its kind the third word of two bytes, and the error's number, negative.
        let code = answer.withUnsafeBytes { answer in
            let isError = received >= 20 && answer.load(fromByteOffset: 4, as: UInt16.self) == 2
            return isError ? answer.load(fromByteOffset: 16, as: Int32.self) : 0
        }
        if code == 0 { return connection }
        throw SystemCallError("change the packet filter", errno: Errno(rawValue: -code))
    }

    /// Asks for all that there are of a kind, and gives each to `body`, as `read` does.
    static func dump(
        _ kind: UInt16, family: UInt8, _ attributes: NetlinkAttributes = NetlinkAttributes(),
        _ body: (UInt16, ArraySlice<UInt8>) -> Void
    ) throws(SystemCallError) {
        let connection = try connection()
        let request = request(kind, family: family, attributes, isDump: true)
        _ = try systemCall("ask the packet filter") { Glibc.send(connection.number, request, request.count, 0) }
        var answer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = try systemCall("ask the packet filter") {
                recv(connection.number, &answer, answer.count, 0)
            }
            guard read(answer[..<count], body) else { return }
        }
    }

    /// Gives the kind and the content of each message in `bytes`, `struct nfgenmsg` first, to `body`; `false` where that
    /// is the end of an answer, or an error.
    static func read(_ bytes: ArraySlice<UInt8>, _ body: (UInt16, ArraySlice<UInt8>) -> Void) -> Bool {
        var rest = bytes
        while let length: UInt32 = number(rest, at: 0), let kind: UInt16 = number(rest, at: 4) {
            guard length >= 16, length <= rest.count else { return false }
            // What netlink itself has to say: NLMSG_ERROR, NLMSG_DONE.
            guard kind >= 16 else { return false }
            body(kind, rest.prefix(Int(length)).dropFirst(16))
            rest = rest.dropFirst(aligned(Int(length)))
        }
        return !bytes.isEmpty
    }

    /// Each attribute with its kind, in their order.
    static func list(_ bytes: ArraySlice<UInt8>) -> [(kind: UInt16, value: ArraySlice<UInt8>)] {
        var (rest, found) = (bytes, [(kind: UInt16, value: ArraySlice<UInt8>)]())
        while let length: UInt16 = number(rest, at: 0), let kind: UInt16 = number(rest, at: 2) {
            guard length >= 4, length <= rest.count else { break }
            // Two bits say how it is to be read.
            found.append((kind & 0x3FFF, rest.prefix(Int(length)).dropFirst(4)))
            rest = rest.dropFirst(aligned(Int(length)))
        }
        return found
    }

    static func attributes(_ bytes: ArraySlice<UInt8>) -> [UInt16: ArraySlice<UInt8>] {
        Dictionary(list(bytes).map { ($0.kind, $0.value) }) { $1 }
    }

    static func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    static func bigEndian(_ bytes: ArraySlice<UInt8>) -> UInt32? {
        (number(bytes, at: 0) as UInt32?).map(UInt32.init(bigEndian:))
    }

    /// `nil` behind the end.
    static func number<Value: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: ArraySlice<UInt8>, at offset: Int
    ) -> Value? {
        guard offset >= 0, bytes.count >= offset + MemoryLayout<Value>.size else { return nil }
        return bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Value.self) }
    }

    private static func aligned(_ length: Int) -> Int { (length + 3) & ~3 }
}

/// Attributes of a netlink message, one after the other.
struct NetlinkAttributes {
    var bytes: [UInt8] = []

    mutating func attribute(_ kind: UInt16, _ payload: some Collection<UInt8>) {
        bytes += UInt16(4 + payload.count).nativeBytes + kind.nativeBytes + payload
        bytes += [UInt8](repeating: 0, count: (4 - payload.count % 4) % 4)
    }

    mutating func nest(_ kind: UInt16, _ body: (inout NetlinkAttributes) -> Void) {
        var content = NetlinkAttributes()
        body(&content)
        attribute(kind | 0x8000, content.bytes)
    }
}
