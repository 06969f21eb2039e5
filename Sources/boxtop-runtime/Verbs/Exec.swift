import Cgroups
import Glibc
import JSON
import Linux
import OCI
import RuntimeCore

/// `exec ID COMMAND …`: runs a process in a container that runs.
enum Exec {
    /// As `run`; but what is refused here is not to be taken for the program's own status: 255, as runc has it.
    static func runOrSay255(_ words: [String], _ context: Context) throws(Failure) -> Int32 {
        do throws(Failure) { return try run(words, context) } catch {
            if error.exitCode == 0 || Interruption.signal != nil { throw error }
            throw Failure(error.description, exitCode: 255)
        }
    }

    static func run(_ words: [String], _ context: Context) throws(Failure) -> Int32 {
        let states = context.states
        let options = try Options(
            words,
            valued: [
                "process", "pid-file", "console-socket", "user", "cwd", "env", "preserve-fds", "cap", "additional-gids",
                "apparmor", "process-label", "cgroup",
            ],
            switches: ["tty", "detach", "no-new-privs", "ignore-paused"],
            short: [
                "t": "tty", "d": "detach", "p": "process", "u": "user", "e": "env", "c": "cap", "g": "additional-gids",
            ],
            stopAtArgument: true)
        guard let id = options.arguments.first else { throw Failure("a container id is needed") }
        let entry = try failing { () throws(StateDirectory.Refusal) in try states.loadMade(id) }
        // Looked for once: it is a tenth of an exec.
        let hierarchy = Hierarchy.discover()
        let status = entry.state(in: states, hierarchy).status
        if status == .paused && !options.has("ignore-paused") {
            throw Failure("cannot exec in a paused container: resume \(id) first, or give --ignore-paused")
        }
        if status == .stopped || status == .creating {
            throw Failure("container \(id) is \(status.rawValue), not running")
        }
        let spec = try failing { () throws(StateDirectory.Refusal) in try states.configuration(id) }
        let process = try Self.process(options, spec)
        let socket = options.value("console-socket")
        if process.terminal && socket == nil && options.has("detach") {
            throw Failure("a terminal in the background needs --console-socket")
        }
        var request = ExecRequest(
            pid: entry.pid, startTime: entry.startTime, spec: spec, process: process, cgroup: entry.cgroup)
        for text in options.all("cgroup") { request.subgroups.append(try Self.subgroup(text)) }
        request.waitsForThaw = options.has("ignore-paused")
        (request.id, request.bundle, request.hierarchy) = (id, entry.bundle, hierarchy)
        let ownUsers = spec.linux?.namespaces.contains { $0.type == .user } == true
        for warning in process.warnings(inOwnUsers: ownUsers) { context.log.write(warning, .warning) }
        request.filterCache = states.filters
        request.ownKeyring = entry.ownKeyring
        request.preservedDescriptors = try NewContainer.preserved(options.value("preserve-fds"))
        let consoleSocket = process.terminal ? try ConsoleSocket(socket) : nil
        if !options.has("detach") { try Foreground.holdSignals() }
        Interruption.begin()
        var launched: Launched
        do throws(LaunchError) { launched = try execute(request) } catch {
            if let end = Foreground.interruption { throw end }
            if error.step == .container, !entry.isAlive { throw Failure.notRunning(id) }
            // Of a process that no config.json describes.
            throw error.step == .configuration ? Failure(error.reason) : Failure(error)
        }
        let signals = options.has("detach") ? nil : try Foreground.catchSignals(for: launched.process)
        do throws(Failure) {
            if let end = Foreground.interruption { throw end }
            try PidFile.write(launched.pid, to: options.value("pid-file"))
            try consoleSocket?.take(&launched.console)
        } catch {
            try? launched.process.send(signal: SIGKILL)
            _ = try? launched.process.wait()
            throw error
        }
        guard let signals else { return 0 }
        return try Foreground.attend(launched.process, launched.console, signals)
    }

    /// `PATH`, or `CONTROLLER[,CONTROLLER]…:PATH` for the trees of some controllers of v1.
    private static func subgroup(_ text: String) throws(Failure) -> Subgroup {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let names = (parts.last ?? "").split(separator: "/").filter { $0 != "." }
        if names.contains("..") { throw Failure("--cgroup: \(parts.last ?? "") is not a sub cgroup path") }
        let path = names.joined(separator: "/")
        guard parts.count == 2 else { return Subgroup(path) }
        var controllers = Controllers()
        for name in parts[0].split(separator: ",") {
            guard let controller = Controller(legacyName: name) else { throw Failure("unknown controller \(name)") }
            controllers.insert(controller)
        }
        return Subgroup(path, controllers: controllers)
    }

    /// What to run: the file of `--process`, or the container's own process with what the options change.
    private static func process(_ options: Options, _ spec: OCI.RuntimeSpec) throws(Failure) -> OCI.RuntimeSpec.Process
    {
        let command = Array(options.arguments.dropFirst())
        if let path = options.value("process") {
            do {
                var process: OCI.RuntimeSpec.Process = try .read(try Files.read(path))
                if options.has("tty") { process.terminal = true }
                // As with runc: who says nothing of them has the container's.
                if process.capabilities == nil { process.capabilities = spec.process?.capabilities }
                return process
            } catch {
                throw Failure("\(path): \(error)")
            }
        }
        guard var process = spec.process else { throw Failure("the container has no process") }
        if command.isEmpty { throw Failure("a command is needed") }
        process.args = command
        process.terminal = options.has("tty")
        process.consoleSize = nil
        for word in options.all("env") {
            // Once: of two, getenv(3) finds the first.
            let name = word.prefix { $0 != "=" } + "="
            process.env.removeAll { $0.hasPrefix(name) }
            process.env.append(word)
        }
        if let cwd = options.value("cwd") { process.cwd = cwd }
        if options.has("no-new-privs") { process.noNewPrivileges = true }
        if let profile = options.value("apparmor") { process.apparmorProfile = profile }
        if let label = options.value("process-label") { process.selinuxLabel = label }
        if let user = options.value("user") {
            let ids = user.split(separator: ":", omittingEmptySubsequences: false).map { UInt32($0) }
            guard let uid = ids[0], ids.count <= 2, let gid = ids.count == 2 ? ids[1] : process.user.gid else {
                throw Failure("--user \(user) is not UID or UID:GID")
            }
            (process.user.uid, process.user.gid) = (uid, gid)
        }
        for text in options.all("additional-gids") {
            guard let gid = UInt32(text) else { throw Failure("--additional-gids \(text) is no group id") }
            process.user.additionalGids.append(gid)
        }
        for name in options.all("cap") {
            var sets = process.capabilities ?? OCI.RuntimeSpec.Capabilities()
            sets.bounding.append(name)
            sets.effective.append(name)
            sets.permitted.append(name)
            process.capabilities = sets
        }
        return process
    }
}
