import Glibc
import Linux

/// Changes of elements of the packet filter's sets that come about together or not at all, in the kernel's own form: see
/// netlink(7), linux/netfilter/nf_tables.h.
///
/// libnftables says the same in text, but asks the kernel for all that it has first and brings six libraries along: five
/// of the seven milliseconds that a container's set-up took.
///
///     var batch = NetfilterBatch(table: "boxtop")
///     for element in elements { batch.add(element) }
///     try batch.commit()
struct NetfilterBatch {
    private let table: String
    private(set) var bytes: [UInt8] = []
    private var count: UInt32 = 0

    private enum Kind: UInt16 {
        case begin = 0x10
        case end = 0x11
        /// Of the subsystem NFNL_SUBSYS_NFTABLES.
        case newElement = 0x0A0C
        case deleteElement = 0x0A0E
    }

    init(table: String) {
        self.table = table
        append(.begin, family: 0) { _ in }
    }

    var isEmpty: Bool { count == 1 }

    /// One that is there already, with the same value, stays.
    mutating func add(_ element: SetElement) { append(.newElement, element) }

    /// One that is not there is as it should be.
    mutating func remove(_ element: SetElement) {
        append(.newElement, element)
        append(.deleteElement, element)
    }

    /// Returns the connection: where elements were removed, whoever closes it waits until no packet is looked up in the
    /// old ones any more, some milliseconds.
    @discardableResult
    consuming func commit() throws(NetworkError) -> FileDescriptor {
        append(.end, family: 0) { _ in }
        do throws(SystemCallError) { return try Self.send(bytes) } catch {
            let isRefused = error.errno == .notPermitted
            throw NetworkError(isRefused ? .unsupported : .failed, "cannot change the packet filter: \(error.errno)")
        }
    }

    // MARK: The kernel

    static func connection() throws(SystemCallError) -> FileDescriptor {
        let netfilter: Int32 = 12
        return FileDescriptor(
            owning: try systemCall("reach the packet filter") {
                socket(AF_NETLINK, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue), netfilter)
            })
    }

    private static func send(_ message: [UInt8]) throws(SystemCallError) -> FileDescriptor {
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

    // MARK: Bytes

    private mutating func append(_ kind: Kind, _ element: SetElement) {
        append(kind, family: element.family.rawValue) { [table] message in
            message.attribute(1, Array(table.utf8) + [0])
            message.attribute(2, Array(element.set.utf8) + [0])
            message.nest(3) { elements in
                elements.nest(1) { one in
                    one.nest(1) { $0.attribute(1, element.key.flatMap(\.bytes)) }
                    if kind == .newElement && !element.value.isEmpty {
                        one.nest(2) { $0.attribute(1, element.value.flatMap(\.bytes)) }
                    }
                }
            }
        }
    }

    private mutating func append(_ kind: Kind, family: UInt8, _ body: (inout NetlinkAttributes) -> Void) {
        let subsystem: [UInt8] = kind == .begin || kind == .end ? [0, 10] : [0, 0]
        var content = NetlinkAttributes()
        body(&content)
        let request: UInt16 = 1
        let create: UInt16 = 0x400
        let flags = kind == .newElement ? request | create : request
        let length = UInt32(16 + 4 + content.bytes.count)
        bytes += length.nativeBytes + kind.rawValue.nativeBytes + flags.nativeBytes
        bytes += count.nativeBytes + UInt32(0).nativeBytes
        bytes += [family, 0] + subsystem + content.bytes
        count += 1
    }
}
