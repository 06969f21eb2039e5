import CLinux
import Glibc
import JSON
import Linux
import OCI
import Records
import RuntimeCore

/// `boxtop-runtime enter --pid N --start-time T --config FILE --cgroup PATH --filters DIR --report-fd N --process-fd N [--detach]`:
/// what `boxtop exec` starts to run a further program in a container. No command for people.
///
/// `--process-fd` holds the OCI process as JSON. `--report-fd`, a packet socket, gets one `StartReport`, with the
/// terminal's master side on it where there is a terminal. Then it ends as the program does.
enum EnterVerb {
    static let usage =
        "enter --pid N --start-time T --config FILE --cgroup PATH --filters DIR --report-fd N --process-fd N [--detach]"

    static func run(_ arguments: some Collection<String>) -> Int32 {
        var values: [String: String] = [:]
        var detaches = false
        var rest = Array(arguments)[...]
        while let argument = rest.popFirst() {
            if argument == "--detach" {
                detaches = true
            } else if let value = rest.popFirst() {
                values[argument] = value
            }
        }
        guard let pid = values["--pid"].flatMap({ Int32($0) }),
            let startTime = values["--start-time"].flatMap({ UInt64($0) }), let config = values["--config"],
            let report = values["--report-fd"].flatMap({ Int32($0) }), report > 2,
            let process = values["--process-fd"].flatMap({ Int32($0) }), process > 2
        else {
            try? FileDescriptor.write("boxtop-runtime: usage: boxtop-runtime \(usage)\n", to: 2)
            return 125
        }
        let target = Target(
            identity: ProcessIdentity(pid: pid, startTime: startTime), config: config, cgroup: values["--cgroup"],
            filters: values["--filters"])
        return enter(
            target, process: FileDescriptor(owning: process), report: FileDescriptor(owning: report), detaches: detaches
        )
    }

    private struct Target {
        let identity: ProcessIdentity
        let config: String
        let cgroup: String?
        let filters: String?
    }

    private static func enter(
        _ target: Target, process: consuming FileDescriptor, report: consuming FileDescriptor, detaches: Bool
    ) -> Int32 {
        do {
            let spec = try OCI.RuntimeSpec.read(try Files.read(target.config))
            let program = try OCI.RuntimeSpec.Process.read(try process.readAll())
            var request = ExecRequest(
                pid: target.identity.pid, startTime: target.identity.startTime, spec: spec, process: program,
                cgroup: target.cgroup)
            request.filterCache = target.filters
            var launched = try execute(request)
            let identity = ProcessIdentity(pid: launched.pid, startTime: launched.startTime)
            let started = StartReport.started(Running(process: identity, started: .now))
            if let console = launched.console.take() {
                send(started, console.number, to: report)
                if !detaches { hold(console, whileRuns: launched.process, told: report) }
            } else {
                send(started, nil, to: report)
            }
            if detaches { return 0 }
            return try launched.process.wait()
        } catch let error as LaunchError {
            send(.failed(code: error.exitCode, reason: error.description), nil, to: report)
            return error.exitCode
        } catch {
            send(.failed(code: 125, reason: "\(error)"), nil, to: report)
            return 125
        }
    }

    /// Keeps the terminal's master side, which the front end has too, until `process` ends. Once the front end has said
    /// that it leaves, what the program writes is read here and goes nowhere; where it has gone without a word, the
    /// terminal is hung up, as one whose window was closed.
    private static func hold(
        _ console: consuming FileDescriptor, whileRuns process: borrowing FileDescriptor,
        told client: borrowing FileDescriptor
    ) {
        var hasLeft = false
        var buffer = [UInt8](repeating: 0, count: 4 << 10)
        while true {
            var requests = [
                pollfd(fd: process.number, events: Int16(POLLIN), revents: 0),
                pollfd(fd: hasLeft ? console.number : client.number, events: Int16(POLLIN), revents: 0),
            ]
            if poll(&requests, 2, -1) < 0 { continue }
            if requests[0].revents != 0 { return }
            let count = read(requests[1].fd, &buffer, buffer.count)
            // Of the client that is its end, of the terminal that nobody is there any more who could write.
            if count <= 0 { return }
            hasLeft = true
        }
    }

    private static func send(_ message: StartReport, _ console: Int32?, to report: borrowing FileDescriptor) {
        guard let bytes = try? JSON.encode(message) else { return }
        let descriptors = console.map { [$0] } ?? []
        clinux_send_packet(report.number, bytes, bytes.count, descriptors, Int32(descriptors.count))
    }
}
