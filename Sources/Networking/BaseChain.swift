import Glibc
import Linux

/// A chain of the packet filter that the kernel itself calls, for routed packets. libnftables lists them too, but takes
/// five milliseconds for it, which each start of a container that publishes a port would wait.
struct BaseChain: Hashable, Sendable {
    /// `ip`, `ip6` or `inet`.
    var family: String
    var table: String
    var name: String
    var hook: Hook
    /// What none of its rules decides about is dropped.
    var drops: Bool

    /// Where on its way a packet comes to it: `enum nf_inet_hooks` of linux/netfilter.h.
    enum Hook: UInt32, Sendable { case prerouting, input, forward, output, postrouting }

    /// All that there are. Needs the right to change them.
    static func all() throws(SystemCallError) -> [BaseChain] {
        let connection = try NetfilterBatch.connection()
        let (length, dump) = (UInt32(20), UInt16(0x301))
        let head = length.nativeBytes + Kind.get.rawValue.nativeBytes + dump.nativeBytes
        let request = head + [UInt8](repeating: 0, count: 12)
        _ = try systemCall("ask the packet filter") { Glibc.send(connection.number, request, request.count, 0) }
        var chains: [BaseChain] = []
        var answer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = try systemCall("ask the packet filter") {
                recv(connection.number, &answer, answer.count, 0)
            }
            guard read(answer[..<count], into: &chains) else { return chains }
        }
    }

    /// Reads what the kernel has answered so far; `false` where that is the end of it, or an error.
    static func read(_ bytes: ArraySlice<UInt8>, into chains: inout [BaseChain]) -> Bool {
        var rest = bytes
        while let length: UInt32 = number(rest, at: 0), let kind: UInt16 = number(rest, at: 4) {
            guard length >= 16, length <= rest.count else { return false }
            let message = rest.prefix(Int(length))
            guard let kind = Kind(rawValue: kind) else { return false }
            if kind == .new, let chain = BaseChain(message.dropFirst(16)) { chains.append(chain) }
            rest = rest.dropFirst(aligned(Int(length)))
        }
        return !bytes.isEmpty
    }

    /// Of a message of netlink(7); an end, and an error, are of no kind here.
    private enum Kind: UInt16 {
        case new = 0x0A03
        case get = 0x0A04
    }

    /// - Parameter content: `struct nfgenmsg` and the attributes `NFTA_CHAIN_…` of linux/netfilter/nf_tables.h.
    private init?(_ content: ArraySlice<UInt8>) {
        guard let family = content.first.flatMap({ [1: "inet", 2: "ip", 10: "ip6"][$0] }) else { return nil }
        let values = Self.attributes(content.dropFirst(4))
        guard let table = values[1], let name = values[3], let place = values[4].map(Self.attributes)?[1],
            let hook = Self.bigEndian(place).flatMap(Hook.init), let policy = values[5].flatMap(Self.bigEndian)
        else { return nil }
        self.family = family
        self.table = Self.text(table)
        self.name = Self.text(name)
        self.hook = hook
        drops = policy == 0
    }

    private static func attributes(_ bytes: ArraySlice<UInt8>) -> [UInt16: ArraySlice<UInt8>] {
        var (rest, values) = (bytes, [UInt16: ArraySlice<UInt8>]())
        while let length: UInt16 = number(rest, at: 0), let kind: UInt16 = number(rest, at: 2) {
            guard length >= 4, length <= rest.count else { break }
            // Two bits say how it is to be read.
            values[kind & 0x3FFF] = rest.prefix(Int(length)).dropFirst(4)
            rest = rest.dropFirst(aligned(Int(length)))
        }
        return values
    }

    private static func aligned(_ length: Int) -> Int { (length + 3) & ~3 }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    private static func bigEndian(_ bytes: ArraySlice<UInt8>) -> UInt32? {
        (number(bytes, at: 0) as UInt32?).map(UInt32.init(bigEndian:))
    }

    /// `nil` behind the end.
    private static func number<Value: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: ArraySlice<UInt8>, at offset: Int
    ) -> Value? {
        guard bytes.count >= offset + MemoryLayout<Value>.size else { return nil }
        return bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Value.self) }
    }
}
