import ArgumentParser
import Containers
import Flags
import Glibc

/// What the container sees of the host, and what it may do.
struct IsolationOptions: ParsableArguments {
    @Flag(name: .customLong("read-only"), help: "Nothing of its root file system can be written.")
    var readOnly = false
    @Option(name: .joined("v", "volume"), help: "A folder or volume: SOURCE:/PATH[:ro].", completion: .file())
    var volumes: [String] = []
    @Option(name: .long, help: "The same in words: type=bind,source=/A,target=/B,readonly; one with a comma in quotes.")
    var mount: [String] = []
    @Option(name: .customLong("volumes-from"), help: "A container whose volumes and folders it gets too: NAME[:ro].")
    var volumesFrom: [String] = []
    @Option(name: .long, help: "A folder in memory: /PATH[:size=64m,mode=1777].")
    var tmpfs: [String] = []
    @Option(name: .customLong("shm-size"), parsing: .unconditional, help: "The size of /dev/shm.")
    var sharedMemory: String?
    @Option(name: .long, help: "A device of the host: /dev/NAME[:/dev/INSIDE[:rwm]].")
    var device: [String] = []
    @Option(name: .customLong("cap-add"), help: "A capability on top of the usual, or ALL.")
    var addedCapabilities: [String] = []
    @Option(name: .customLong("cap-drop"), help: "A capability less than the usual, or ALL.")
    var droppedCapabilities: [String] = []
    @Option(
        name: .customLong("security-opt"),
        help: "no-new-privileges=false, seccomp=unconfined, seccomp=FILE, unmask=ALL; label=disable always holds.")
    var security: [String] = []
    @Flag(name: .long, help: "Nearly everything that root of the host may do.")
    var privileged = false
    @Option(name: .customLong("userns"), help: "host: its user ids are the host's; else it has its own.")
    var users: String?
    @Option(name: .long, help: "host, or container:NAME: it sees the processes of this host, or of that container.")
    var pid: String?
    @Option(name: .long, help: "host: it shares the host's queues and shared memory; none: it has no /dev/shm.")
    var ipc: String?
    @Option(name: .long, help: "host: it has the host's name.")
    var uts: String?
    @Option(name: .customLong("cgroupns"), help: "private, which always holds: its own group is the root that it sees.")
    var cgroups: String?

    func apply(to new: inout NewContainer) throws {
        new.readOnly = readOnly
        let here = getcwd(nil, 0).map { path in
            defer { free(path) }
            return String(cString: path)
        }
        for text in volumes {
            new.volumes.append(
                try FlagValue("--volume", text).parsed { text throws(ContainerError) in
                    try Parse.volume(text, relativeTo: here ?? "/")
                })
        }
        for text in mount {
            let request = try FlagValue("--mount", text).parsed { text throws(ContainerError) in
                try Parse.mount(text, relativeTo: here ?? "/")
            }
            switch request {
            case .volume(let request): new.volumes.append(request)
            case .tmpfs(let request): new.tmpfs.append(request)
            }
        }
        new.volumesFrom = try volumesFrom.map { try FlagValue("--volumes-from", $0).parsed(by: Parse.volumesFrom) }
        new.tmpfs += try tmpfs.map { try FlagValue("--tmpfs", $0).parsed(by: Parse.tmpfs) }
        new.sharedMemory = try sharedMemory.map { try FlagValue("--shm-size", $0).bytes() }
        new.devices = try device.map { try FlagValue("--device", $0).parsed(by: Parse.device) }
        new.addedCapabilities = addedCapabilities
        new.droppedCapabilities = droppedCapabilities
        new.security = try security.compactMap { try FlagValue("--security-opt", $0).parsed(by: Parse.security) }
        new.privileged = privileged
        if let users = users.given { new.users = try choice("--userns", users, ["auto": .automatic, "host": .host]) }
        if let pid = pid.given { new.pids = try FlagValue("--pid", pid).parsed(by: Parse.pids) }
        if let ipc = ipc.given { new.ipc = try choice("--ipc", ipc, Self.sharingQueues) }
        new.hasSharedMemory = ipc != "none"
        if let uts = uts.given { new.uts = try choice("--uts", uts, Self.sharing) }
        if let cgroups = cgroups.given, cgroups != "private" {
            throw FlagValue("--cgroupns", cgroups).refused(
                "is not possible: a container sees its own cgroup as the root, which is private")
        }
    }

    private static var sharing: [String: SharedNamespace] { ["private": .own, "host": .host] }
    /// Nobody's namespace for queues can be joined here, so that one to be shared is as any.
    private static var sharingQueues: [String: SharedNamespace] {
        sharing.merging(["shareable": .own, "none": .own]) { $1 }
    }

    private func choice<Value>(_ name: String, _ text: String, _ values: [String: Value]) throws(FlagError) -> Value {
        guard let value = values[text] else {
            throw FlagValue(name, text).refused("is none of \(values.keys.sorted().joined(separator: " and "))")
        }
        return value
    }
}
