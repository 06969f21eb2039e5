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
        do throws(SystemCallError) { return try NetlinkMessages.send(bytes) } catch {
            let isRefused = error.errno == .notPermitted
            throw NetworkError(isRefused ? .unsupported : .failed, "cannot change the packet filter: \(error.errno)")
        }
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
