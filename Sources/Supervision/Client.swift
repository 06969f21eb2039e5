import JSON
import Linux
import Records

/// One connection to a supervisor: a front end that asks, or one that is attached.
final class Client {
    /// What a slow client may have waiting before it is let go, or, if it is the foreground, waited for.
    static let patience = 256 << 10

    let socket: FileDescriptor
    /// Counts from the start as attached: the container's own foreground, as in `boxtop run -it`.
    let isForeground: Bool
    /// Gets the container's output.
    var isAttached = false
    /// May write to the container's input.
    var givesInput = false
    /// The container is paused for as long as it is there.
    var holdsStill = false
    /// A request that is answered later.
    var pending: Pending?
    /// The other side has gone, or is so slow that it is let go.
    private(set) var isGone = false
    /// The other side reads no more. What it wrote before it left is still there to be read, and then its end.
    private var isDeaf = false
    /// Packets that the socket has not taken yet, oldest first.
    private var queue: [[UInt8]] = []
    private(set) var queued = 0
    /// What the poller watches its socket for.
    var interest: Poller.Interest = .read

    enum Pending {
        case stop
        case restart
        case wait
    }

    init(socket: consuming FileDescriptor, isForeground: Bool = false) {
        self.socket = socket
        self.isForeground = isForeground
    }

    /// The container must wait for its foreground, as a program in a pipe waits for the next one: whoever runs
    /// `boxtop run … | gzip` wants every byte. Nobody else can make it wait.
    var holdsOutput: Bool { isForeground && queued > Self.patience && !isGone }

    var hasQueue: Bool { queued > 0 && !isGone }

    /// Sends a packet now, or queues it behind those that wait already.
    func send(_ packet: [UInt8]) {
        if isGone || isDeaf { return }
        if queue.isEmpty, trySend(packet) { return }
        if isDeaf { return }
        queue.append(packet)
        queued += packet.count
        if queued > Self.patience && !isForeground { isGone = true }
    }

    func send(_ kind: AttachFrame, _ payload: some Collection<UInt8>) { send([kind.rawValue] + payload) }

    func reply(_ reply: ControlReply) {
        pending = nil
        guard let bytes = try? JSON.encode(reply) else { return }
        send(bytes)
    }

    /// Sends what waits, as far as the socket takes it.
    func flush() {
        var sent = 0
        for packet in queue {
            guard trySend(packet) else { break }
            sent += 1
            queued -= packet.count
        }
        if isDeaf { (queue, queued) = ([], 0) } else { queue.removeFirst(sent) }
    }

    func leave() { isGone = true }

    private func trySend(_ packet: [UInt8]) -> Bool {
        do { return try socket.send(packet, waiting: false) } catch {
            isDeaf = true
            return false
        }
    }
}
