/// How large packets may be on the cables of a network.
///
/// A byte between two containers costs what its packet costs on the way over the bridge, so there the packets are large,
/// and TCP hands down more at once than 64 KiB (BIG TCP, Linux 6.3; for IPv6 5.19): measured, 1.7 times what a bare pair
/// of interfaces does. Few devices that lead out of the host take that: what they do not, the processor would cut into
/// packets, at half the speed. So the default route keeps packets to the usual size, of which as many as are handed down
/// at once, `packets`, stay below 64 KiB.
struct PacketSizes {
    /// Bytes of a packet on the bridge and its cables.
    let interface: UInt32
    /// Bytes of a packet by the default route; 0: the interface's.
    let wayOut: UInt32
    private let isLarge: Bool

    /// - Parameter mtu: what a person has asked for, which then holds for all.
    init(mtu: UInt32?) { (interface, wayOut, isLarge) = mtu.map { ($0, 0, false) } ?? (9_000, 1_500, true) }

    /// Lets the interface take what pays. On kernels that refuse, it takes the usual.
    func set(_ index: Int32, _ netlink: borrowing Netlink) {
        if isLarge { try? netlink.setBurst(index, bytes: 192 << 10, packets: 44) }
    }
}
