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

    static func options(_ words: [String]) throws(Failure) -> Options {
        try Options(
            words, valued: ["bundle", "pid-file", "console-socket", "preserve-fds"],
            switches: ["no-pivot", "no-new-keyring", "no-subreaper", "keep", "detach"],
            short: ["b": "bundle", "d": "detach"])
    }

    /// - Parameter holding: the program waits for `start`.
    init(_ options: Options, _ states: StateDirectory, holding: Bool) throws(Failure) {
        let bundle = try Bundle(options.value("bundle"))
        let id = try options.id()
        var request = try bundle.request(id)
        // Looked for once: it is a tenth of a launch.
        let hierarchy = Hierarchy.discover()
        request.hierarchy = hierarchy
        request.filterCache = states.filters
        request.preservedDescriptors = try Self.preserved(options.value("preserve-fds"))
        let socket = options.value("console-socket")
        if bundle.spec.process?.terminal != true && socket != nil {
            throw Failure("--console-socket is given, but process.terminal is not set")
        }
        if bundle.spec.process?.terminal == true && socket == nil && (holding || options.has("detach")) {
            throw Failure("process.terminal is set: a container in the background needs --console-socket")
        }
        try failing { () throws(StateDirectory.Refusal) in try states.make(id, configuration: bundle.bytes) }
        do throws(Failure) {
            var entry = StateDirectory.Entry(bundle, request)
            if holding {
                let fifo = states.startFIFO(id)
                if mkfifo(fifo, 0o600) != 0 { throw Failure("cannot make \(fifo): \(Errno.current)") }
                request.hold = fifo
            }
            var isSaved = false
            var launched = try failing { () throws(LaunchError) in
                try RuntimeCore.launch(request) { pid, startTime in
                    (entry.pid, entry.startTime) = (pid, startTime)
                    // Hooks are to see a container that is not there yet.
                    if bundle.spec.hooks == nil { isSaved = (try? states.save(entry)) != nil }
                }
            }
            do throws(Failure) {
                if !isSaved { try failing { () throws(StateDirectory.Refusal) in try states.save(entry) } }
                try PidFile.write(launched.pid, to: options.value("pid-file"))
                try ConsoleSocket.send(&launched.console, to: socket)
            } catch {
                try? launched.process.send(signal: SIGKILL)
                _ = try? launched.process.wait()
                try? entry.group(in: hierarchy)?.remove()
                throw error
            }
            self.entry = entry
            spec = bundle.spec
            self.hierarchy = hierarchy
            self.launched = launched
        } catch {
            try? states.remove(id)
            throw error
        }
    }

    private static func preserved(_ text: String?) throws(Failure) -> Int32 {
        guard let text else { return 0 }
        guard let count = Int32(text), count >= 0 else { throw Failure("--preserve-fds \(text) is no count") }
        return count
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

enum ConsoleSocket {
    /// Hands the terminal to whoever listens at `path`; it is closed here then.
    static func send(_ console: inout FileDescriptor?, to path: String?) throws(Failure) {
        guard let path, let number = console.number else { return }
        try failing { () throws(SystemCallError) in
            try UnixSocket.connectStream(to: path).send(Array("/dev/console".utf8), descriptors: [number])
        }
        console = nil
    }
}
