import Cgroups
import Glibc
import Linux
import OCI
import RuntimeCore

/// What `create` and `run` share: a bundle and options become a launched container that is on record.
struct NewContainer: ~Copyable {
    let entry: StateDirectory.Entry
    let spec: OCI.RuntimeSpec
    let hierarchy: Hierarchy
    /// With the terminal's master side, where nobody else has been given it.
    let launched: Launched
    /// `nil` where the program waits for `start`, which listens then.
    let notifySocket: NotifySocket?

    static func options(_ words: [String]) throws(Failure) -> Options {
        try Options(
            words, valued: ["bundle", "pid-file", "console-socket", "preserve-fds", "config"],
            switches: ["no-pivot", "no-new-keyring", "no-subreaper", "no-mount-fallback", "keep", "detach"],
            short: ["b": "bundle", "d": "detach", "f": "config"])
    }

    /// - Parameter holding: the program waits for `start`.
    init(_ options: Options, _ context: Context, holding: Bool) throws(Failure) {
        let states = context.states
        let bundle = try Bundle(options.value("bundle"), configuration: options.value("config"))
        let id = try options.id()
        // Looked for once: it is a tenth of a launch.
        let hierarchy = Hierarchy.discover()
        var request = try bundle.request(id, usesSystemd: context.usesSystemd, hierarchy)
        request.pivots = !options.has("no-pivot")
        request.ownKeyring = !options.has("no-new-keyring")
        request.filterCache = states.filters
        request.preservedDescriptors = try Self.preserved(options.value("preserve-fds"))
        Self.handOnListeners(&request)
        let socket = options.value("console-socket")
        if bundle.spec.process?.terminal != true && socket != nil {
            throw Failure("--console-socket is given, but process.terminal is not set")
        }
        if bundle.spec.process?.terminal == true && socket == nil && (holding || options.has("detach")) {
            throw Failure("process.terminal is set: a container in the background needs --console-socket")
        }
        var creation = try Creation(bundle, request, context)
        Interruption.begin()
        do throws(Failure) {
            for warning in bundle.spec.warnings { context.log.write(warning, .warning) }
            if creation.entry.sharesGroup {
                let reason = "the limits of \(id) count for what is in \(request.cgroup ?? "") too"
                context.log.write("container's cgroup is not empty: \(reason)", .warning)
            }
            if holding {
                let fifo = states.startFIFO(id)
                try failing { () throws(SystemCallError) in try Hold.make(at: fifo) }
                request.hold = fifo
            }
            try NotifySocket.provide(&request, states.notifyFolder(id))
            let notifySocket = holding ? nil : try NotifySocket(states.notifyFolder(id), context.log)
            let consoleSocket = try ConsoleSocket(socket)
            var launched = try creation.launch(request)
            do throws(Failure) {
                try creation.settle()
                try PidFile.write(launched.pid, to: options.value("pid-file"))
                try consoleSocket?.take(&launched.console)
                if let end = Foreground.interruption { throw end }
            } catch {
                creation.end(launched, in: hierarchy)
                throw error
            }
            entry = creation.entry
            spec = bundle.spec
            self.hierarchy = hierarchy
            self.launched = launched
            self.notifySocket = notifySocket
        } catch {
            throw creation.undo(error)
        }
    }

    /// How many descriptors are handed on. One that is not open is none: what this runtime opens in its place closes by
    /// itself.
    static func preserved(_ text: String?) throws(Failure) -> Int32 {
        guard let text else { return 0 }
        guard let count = Int32(text), (0...1024).contains(count) else {
            throw Failure("--preserve-fds \(text) is no count")
        }
        return count
    }

    /// Sockets that a service manager has opened for this process are the program's. See sd_listen_fds(3).
    private static func handOnListeners(_ request: inout LaunchRequest) {
        guard let count = environment("LISTEN_FDS").flatMap({ Int32($0) }), (1...1024).contains(count)
        else { return }
        // Meant for another process, which has handed its environment down and not these descriptors.
        if let owner = environment("LISTEN_PID"), Int32(owner) != getpid() { return }
        request.preservedDescriptors += count
        request.spec.process?.env += ["LISTEN_FDS=\(count)", "LISTEN_PID=1"]
        if let names = environment("LISTEN_FDNAMES") { request.spec.process?.env.append("LISTEN_FDNAMES=\(names)") }
    }
}

enum PidFile {
    /// Writes `pid` to the file at `path`, which appears whole or not at all.
    static func write(_ pid: Int32, to path: String?) throws(Failure) {
        guard let path else { return }
        try failing { () throws(SystemCallError) in
            try Files.replace(path, with: Array("\(pid)".utf8), durable: false)
        }
    }
}

/// Whoever has asked for the terminal. Connected before there is a process: that nobody listens is told at once.
struct ConsoleSocket: ~Copyable {
    private let connection: PacketSocket

    init?(_ path: String?) throws(Failure) {
        guard let path else { return nil }
        connection = try failing { () throws(SystemCallError) in try UnixSocket.connectStream(to: path) }
    }

    /// Hands the terminal over; it is closed here then.
    func take(_ console: inout FileDescriptor?) throws(Failure) {
        guard let number = console.number else { return }
        try failing { () throws(SystemCallError) in
            try connection.send(Array("/dev/console".utf8), descriptors: [number])
        }
        console = nil
    }
}
