import Cgroups
import Linux
import Records

extension Supervisor {
    /// What starves again and again is told of once in so many seconds.
    private static let between = 10.0

    /// Watches for kills by the kernel. Not at the start itself, which is to be quick: what was killed before is in the
    /// count already.
    mutating func watchMemory() {
        memoryAt = nil
        guard life != nil else { return }
        if memory == nil, let group = cgroup(), let watch = OOMWatch(group) { memory = consume watch }
        // Without it the container runs just as well, and its end still tells whether memory was the reason.
        do { try memory?.watch(by: poller, as: Token.memory) } catch { return }
        noticeKills()
    }

    /// Puts on the time line what was killed while the container itself lives on; its own end speaks for itself.
    mutating func noticeKills() {
        guard let kills = memory?.newKills(), kills > 0, life?.process.isOver == false else { return }
        say(.outOfMemory, kills == 1 ? "a process of it was killed" : "\(kills) processes of it were killed")
        memory?.unwatch(by: poller)
        memoryAt = .now + Self.between
    }
}
