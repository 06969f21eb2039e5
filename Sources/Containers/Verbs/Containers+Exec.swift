import CLinux
import Glibc
import JSON
import Linux
import OCI
import Records

extension Containers {
    /// Starts a further program in a running container, its output the caller's own (or a terminal to copy).
    package func exec(_ reference: String, _ request: ExecRequest) throws(ContainerError) -> Executing {
        let record = try find(reference)
        let running: Running
        switch adoptIfLost(record).status {
        case .running(let found): running = found
        case .paused:
            throw ContainerError(
                .conflict, "container \(record.name) is paused: boxtop unpause \(record.name)", exitCode: 125)
        default: throw Self.notRunning(record).withExitCode(125)
        }
        guard let command = request.command.first, !command.isEmpty else {
            throw ContainerError(.invalid, "no command: give one after the container", exitCode: 125)
        }
        let process = try process(of: request, in: record)
        let executing = try enter(record, running, process, request)
        say(.exec, record, request.command.joined(separator: " "))
        return executing
    }

    /// The bundle's own process with what was asked for in place of its parts.
    private func process(
        of request: ExecRequest, in record: ContainerRecord
    ) throws(ContainerError) -> RuntimeSpec.Process {
        let spec = try specification(record.id)
        var process = spec.process ?? .init(args: request.command)
        process.args = request.command
        process.terminal = request.terminal
        var variables = Variables(process.env)
        if request.terminal { variables.set("TERM", environment["TERM"] ?? "xterm") }
        if let user = request.user {
            let account = try explaining("cannot look up the user") { () throws(SystemCallError) in
                try UserLookup(in: LayeredRoot(record.rootfs))
            }.find(user, below: record.ids.map { max($0.count, IDRanges.size) })
            process.user = .init(uid: account.uid, gid: account.gid, additionalGids: account.groups)
            variables.set("HOME", account.home)
            let bounding = process.capabilities?.bounding ?? []
            process.capabilities = account.uid == 0 ? .init(bounding) : .init(bounding: bounding)
        }
        variables.set(request.environment, from: environment)
        process.env = variables.lines
        if let folder = request.workdir {
            guard folder.hasPrefix("/") else {
                throw ContainerError(
                    .invalid, "the working directory “\(folder)” is not absolute: let it start with /", exitCode: 125)
            }
            process.cwd = Paths.normal(folder)
        }
        if request.privileged {
            let facts = HostFacts.current()
            let all = CapabilitySet.available(
                ownUsers: record.ids != nil, lastCapability: facts.lastCapability, bounding: facts.boundingCapabilities)
            process.capabilities = .init(DefaultIsolation.everyCapability.filter(all.contains))
            process.noNewPrivileges = false
        }
        return process
    }

    /// Starts `boxtop-runtime enter`, which goes into the container, says on descriptor 3 how that went, and with a
    /// terminal hands its master side over. What to run is on descriptor 4: an environment may be longer than a packet.
    private func enter(
        _ record: ContainerRecord, _ running: Running, _ process: RuntimeSpec.Process, _ request: ExecRequest
    ) throws(ContainerError) -> Executing {
        let runtime = try RuntimeProgram.find(environment)
        let document: [UInt8]
        do { document = try JSON.encode(process) } catch { throw ContainerError(.failed, "\(error)", exitCode: 125) }
        let file = try explaining { () throws(SystemCallError) in
            // It may have gone with a person's last login.
            try Files.makeDirectories(layout.run)
            let file = try FileDescriptor.open(layout.run, flags: Int32(CLINUX_O_TMPFILE) | O_RDWR, mode: 0o600)
            try file.write(document)
            try systemCall("rewind") { lseek(file.number, 0, SEEK_SET) }
            return file
        }
        let ends = try explaining { () throws(SystemCallError) in try ClientPair.make() }
        var arguments = [
            "enter", "--pid", "\(running.process.pid)", "--start-time", "\(running.process.startTime)", "--config",
            layout.configuration(record.id), "--cgroup", layout.cgroup(record.id), "--filters", layout.filters,
            "--report-fd", "3", "--process-fd", "4",
        ]
        if request.detach { arguments.append("--detach") }
        var stdio = RuntimeProgram.Stdio.none
        if !request.detach && !request.terminal {
            stdio = .inherited
            if !request.openInput { stdio.input = nil }
        }
        let child = try runtime.spawn(
            arguments, passing: [ends.theirs.number, file.number], stdio: stdio,
            ownSession: request.detach || request.terminal)
        let runtimeSide = ends.closeTheirs()
        var (report, descriptors) = try Self.receive(from: runtimeSide, child)
        switch report {
        case .started:
            var executing = Executing(process: child, runtime: consume runtimeSide)
            if let terminal = descriptors.popLast() { executing.terminal = FileDescriptor(owning: terminal) }
            for number in descriptors { close(number) }
            return executing
        case .failed(let code, let reason):
            _ = try RuntimeProgram.wait(for: child)
            throw ContainerError(.failed, reason, exitCode: code)
        }
    }

    private static func receive(
        from socket: borrowing FileDescriptor, _ child: pid_t
    ) throws(ContainerError) -> (StartReport, [Int32]) {
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        var descriptors: [Int32] = [-1]
        var count: Int32 = 1
        let number = socket.number
        let length = try explaining { () throws(SystemCallError) in
            try systemCall("receive the runtime's report") {
                count = 1
                return clinux_receive_packet(number, &bytes, bytes.count, &descriptors, &count)
            }
        }
        guard length > 0 else {
            let code = try RuntimeProgram.wait(for: child)
            throw ContainerError(
                .failed, "boxtop-runtime ended with status \(code) before it could say why", exitCode: 125)
        }
        do {
            return (try StartReport.read(Array(bytes[..<length])), Array(descriptors[..<Int(count)]))
        } catch {
            throw ContainerError(.failed, "boxtop-runtime is of another version than boxtop: \(error)", exitCode: 125)
        }
    }

    /// How container `id` is launched.
    func specification(_ id: String) throws(ContainerError) -> RuntimeSpec {
        let path = layout.configuration(id)
        let bytes: [UInt8]
        do throws(SystemCallError) { bytes = try Files.read(path) } catch {
            if error.errno == .noSuchFile, !Files.exists(layout.container(id)) { throw .removed(id) }
            throw ContainerError(nil, error)
        }
        do {
            var spec = try JSON.decode(RuntimeSpec.self, from: bytes)
            layout.settle(&spec, of: id)
            return spec
        } catch { throw ContainerError(.failed, "cannot understand \(path): \(error)") }
    }
}

/// A program that `exec` started.
package struct Executing: ~Copyable {
    /// The runtime's process, which ends as the program does.
    package let process: Int32
    /// The terminal's master side, to be copied to and from the caller's own; only with a terminal.
    package var terminal: FileDescriptor?
    /// The runtime's process watches it: it hangs the terminal up when this is closed.
    private var runtime: FileDescriptor?

    init(process: Int32, runtime: consuming FileDescriptor) {
        self.process = process
        self.runtime = consume runtime
    }

    /// Leaves the program running, its terminal in the hands of the runtime's process.
    package func leave() { try? runtime?.write([1]) }

    /// Waits for its end: the exit code as the shell gives it. At once, with 0, for a detached one. A terminal that the
    /// caller has closed is hung up.
    package consuming func wait() throws(ContainerError) -> Int32 {
        runtime = nil
        return try RuntimeProgram.wait(for: process)
    }
}

extension LayeredRoot {
    /// A container's root file system, with what it has written so far.
    init(_ rootfs: Rootfs) {
        switch rootfs {
        case .directory(let folder): self.init(layers: [folder])
        case .layers(let layers, let upper, _): self.init(layers: [upper] + layers)
        }
    }
}

extension Variables {
    init(_ lines: [String]) {
        self.init()
        set(lines, from: [:])
    }
}
