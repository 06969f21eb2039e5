import Glibc
import Linux

/// A control group that systemd makes and hands over: a transient scope, delegated. See systemd.scope(5), "The New
/// Control Group Interfaces" of systemd, and org.freedesktop.systemd1(5).
///
/// systemd is asked on its private socket, where root (or the person whose user manager it is) may talk to it without
/// a message bus, in the one message that it takes: a library would be a second copy of all this runtime's size.
package struct SystemdScope: Hashable, Sendable {
    /// `machine.slice`; empty for systemd's choice.
    package let slice: String
    /// `libpod-1234.scope`
    package let unit: String
    /// The manager's socket.
    private let socket: String
    /// The group that the manager keeps all its units below: empty for the system's.
    private let root: String

    /// - Parameters:
    ///   - path: `SLICE:PREFIX:NAME` of config.json's cgroupsPath.
    ///   - user: the person's own manager, not the system's.
    package init?(_ path: String, user: Bool = geteuid() != 0, runtimeFolder: String? = nil) {
        let parts = path.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, !parts[2].isEmpty, !parts.contains(where: { $0.contains("/") || $0.contains("..") })
        else { return nil }
        unit = "\(parts[1].isEmpty ? "" : "\(parts[1])-")\(parts[2]).scope"
        let own = runtimeFolder ?? environment("XDG_RUNTIME_DIR") ?? "/run/user/\(geteuid())"
        socket = "\(user ? own : "/run")/systemd/private"
        slice = parts[0].isEmpty ? (user ? "user.slice" : "system.slice") : parts[0]
        root =
            Self.managerGroup(socket) ?? (user ? "/user.slice/user-\(geteuid()).slice/user@\(geteuid()).service" : "")
    }

    /// Where the scope is in each tree: `a-b.slice` lies in `a.slice`.
    package var path: String {
        var folders = ""
        var name = ""
        for part in slice.dropLast(6).split(separator: "-") where slice != "-.slice" {
            name += name.isEmpty ? String(part) : "-\(part)"
            folders += "/\(name).slice"
        }
        return "\(root)\(folders)/\(unit)"
    }

    /// A manager's process, the socket's other side, is in `init.scope` of the group that all its units are below.
    private static func managerGroup(_ socket: String) -> String? {
        guard let pid = (try? SystemdSocket(socket))?.peer else { return nil }
        let lines = (Files.text("/proc/\(pid)/cgroup") ?? "").split(separator: "\n")
        let line = lines.first { $0.begins(with: "0::") } ?? lines.first { $0.contains(":name=systemd:") }
        guard let group = line?.split(separator: ":", maxSplits: 2).last, group.hasSuffix("/init.scope") else {
            return nil
        }
        return String(group.dropLast(11))
    }

    /// Has systemd make the scope with process `pid` in it; returns when the process is there.
    ///
    /// - Parameter limits: those that systemd must know of too, or its next reload would lift them.
    package func start(_ pid: Int32, description: String, limits: Limits) throws(CgroupError) {
        var body = DBusMessage()
        body.append(unit)
        body.append("replace")
        var properties: [(String, DBusMessage.Value)] = [
            ("Description", .string(description)), ("Slice", .string(slice)), ("Delegate", .flag(true)),
            ("DefaultDependencies", .flag(false)), ("CollectMode", .string("inactive-or-failed")),
            ("PIDs", .numbers([UInt32(pid)])),
        ]
        let limits: [(String, UInt64?)] = [
            ("MemoryMax", limits.memory), ("MemorySwapMax", limits.swap), ("MemoryLow", limits.memoryReservation),
            ("TasksMax", limits.processes), ("CPUWeight", limits.cpuWeight),
            ("CPUQuotaPerSecUSec", limits.cpus.map { UInt64($0 * 1_000_000) }),
        ]
        properties += limits.compactMap { name, value in value.map { (name, .number($0)) } }
        body.array(of: 8) { list in
            for (name, value) in properties {
                list.align(8)
                list.append(name)
                list.append(variant: value)
            }
        }
        body.array(of: 8) { _ in }
        try call("StartTransientUnit", "ssa(sv)a(sa(sv))", body)
        let start = MonotonicTime.now
        while !isThere(pid) {
            if MonotonicTime.now.seconds(since: start) > 10 {
                throw .limitRefused(
                    limit: "\(unit)", reason: "systemd has not moved process \(pid) there in ten seconds")
            }
            usleep(1_000)
        }
    }

    /// Has systemd forget the scope; one that is gone already is fine.
    package func stop() {
        var body = DBusMessage()
        body.append(unit)
        body.append("replace")
        try? call("StopUnit", "ss", body)
    }

    private func isThere(_ pid: Int32) -> Bool {
        (Files.text("/proc/\(pid)/cgroup") ?? "").split(separator: "\n").contains { $0.hasSuffix("/\(unit)") }
    }

    private func call(_ member: String, _ signature: String, _ body: DBusMessage) throws(CgroupError) {
        let message = DBusMessage.call(
            member, interface: "org.freedesktop.systemd1.Manager", path: "/org/freedesktop/systemd1",
            destination: "org.freedesktop.systemd1", signature: signature, serial: 1, body: body)
        let answer = try cgroupCall { () throws(SystemCallError) in try SystemdSocket(socket).ask(message) }
        if answer.kind == 3 { throw .limitRefused(limit: unit, reason: "systemd says: \(answer.text)") }
    }
}

/// A connection to a manager, allowed in.
private struct SystemdSocket: ~Copyable {
    private let socket: FileDescriptor

    init(_ path: String) throws(SystemCallError) { socket = try UnixSocket.connectBytes(to: path) }

    /// The process on the other side.
    var peer: Int32? {
        // struct ucred: process, user, group.
        var credentials: (pid: Int32, uid: UInt32, gid: UInt32) = (0, 0, 0)
        var length = socklen_t(12)
        guard getsockopt(socket.number, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0 else { return nil }
        return credentials.pid
    }

    /// Says who this is, by the user id in hexadecimal digits, sends `message`, and waits for what is no signal.
    func ask(_ message: [UInt8]) throws(SystemCallError) -> DBusAnswer {
        let id = "\(geteuid())".utf8.map { String($0, radix: 16) }.joined()
        try socket.write([0] + Array("AUTH EXTERNAL \(id)\r\n".utf8))
        var text = ""
        while !text.hasSuffix("\r\n") {
            let more = try receive()
            text += String(decoding: more, as: UTF8.self)
        }
        guard text.begins(with: "OK") else { throw SystemCallError("be allowed in by systemd", errno: .accessDenied) }
        try socket.write(Array("BEGIN\r\n".utf8) + message)
        var bytes: [UInt8] = []
        while true {
            while let answer = DBusAnswer(bytes) {
                if answer.kind == 2 || answer.kind == 3 { return answer }
                bytes.removeFirst(answer.length)
            }
            bytes += try receive()
        }
    }

    private func receive() throws(SystemCallError) -> [UInt8] {
        var waiter = pollfd(fd: socket.number, events: Int16(POLLIN), revents: 0)
        if try systemCall("wait for systemd", nil, { poll(&waiter, 1, 10_000) }) == 0 {
            throw SystemCallError("hear from systemd", errno: Errno(rawValue: ETIMEDOUT))
        }
        var buffer = [UInt8](repeating: 0, count: 4 << 10)
        let number = socket.number
        let count = try systemCall("hear from systemd") { recv(number, &buffer, 4 << 10, 0) }
        if count == 0 { throw SystemCallError("hear from systemd", errno: .brokenPipe) }
        return Array(buffer[..<count])
    }
}
