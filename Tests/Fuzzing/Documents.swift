import Cgroups
import Glibc
import JSON
import Linux
import OCI
import Records
import RuntimeCore

func takeConfiguration(_ bytes: [UInt8]) {
    survives(OCI.RuntimeSpec.self, bytes)
    survives(OCI.RuntimeState.self, bytes)
    survives(OCI.RuntimeSpec.Process.self, bytes)
    guard let spec = try? OCI.RuntimeSpec.read(bytes) else { return }
    if let decoded = try? JSON.decode(OCI.RuntimeSpec.self, from: bytes) {
        hold(decoded == spec, "config.json read by hand is config.json decoded")
    }
    let request = LaunchRequest(spec: spec, bundle: "/bundle", id: "fuzz", rootfs: .directory("/bundle/rootfs"))
    guard let error = refusal(of: request) else { return }
    hold([125, 126, 127].contains(error.exitCode), "a launch that is refused ends as docker's does")
    hold(!error.description.isEmpty, "a launch that is refused says why")
}

private func refusal(of request: LaunchRequest) -> LaunchError? {
    do { _ = try Plan(request) } catch { return error }
    return nil
}

func takeMessage(_ bytes: [UInt8]) {
    survives(ControlRequest.self, bytes)
    survives(ControlReply.self, bytes)
    survives(StartReport.self, bytes)
    survives(Exit.self, bytes)
    survives(ContainerState.self, bytes)
    survives(ContainerRecord.self, bytes)
    survives(Event.self, bytes)
    attached(bytes)
}

/// The same as packets of an attached connection, cut at each newline.
private func attached(_ bytes: [UInt8]) {
    guard let near = sent(bytes.split(separator: 10).prefix(8)) else { return }
    let stream = AttachedStream(socket: near)
    for _ in 0..<9 { guard (try? stream.next()) != nil else { return } }
}

/// A socket with these packets in it, whose other end is closed.
private func sent(_ packets: some Sequence<ArraySlice<UInt8>>) -> FileDescriptor? {
    guard let pair = try? UnixSocket.pair() else { return nil }
    for packet in packets { _ = try? pair.first.send(Array(packet.prefix(AttachFrame.maximumPayload)), waiting: false) }
    return try? pair.second.duplicate()
}

func takeLog(_ bytes: [UInt8]) {
    for line in bytes.split(separator: 10) {
        guard let entry = LogEntry(line) else { continue }
        let written = LogEntry.head(time: entry.time, stream: entry.stream, isPartial: entry.isPartial) + entry.text
        hold(LogEntry(written) == entry, "a line of the log survives being written")
    }
    let path = "/dev/shm/boxtop-fuzz-\(getpid()).log"
    guard (try? Files.replace(path, with: bytes, durable: false)) != nil else { return }
    defer { unlink(path) }
    var reader = LogReader(path: path, from: .oldest)
    var count = 0
    while reader.next() != nil { count += 1 }
    hold(count <= bytes.count { $0 == 10 }, "a log has no more entries than lines")
    hold(LogReader.lines(path: path, last: 3).count <= max(3, count), "the last lines are among all")
}
