import Cgroups
import Glibc
import JSON
import Linux
import OCI
import Records
import RuntimeCore

/// A container's record and bundle, as what a launch wants.
struct Bundle {
    let record: ContainerRecord
    let layout: Layout
    let hierarchy: Hierarchy

    /// The container's side of them; none where it has a terminal.
    typealias Pipes = (input: Int32?, output: Int32?, error: Int32?)

    /// Launches the container. In a launcher: what this leaves in memory is not worth keeping.
    ///
    /// - Parameter end: gets what `beginEnd` reads, so that the end need not read the whole bundle.
    func launch(_ pipes: Pipes, end: inout [UInt8]) throws(SupervisionError) -> Launched {
        var spec = try configuration()
        if record.network?.needsHooks ?? false { end = spec.endText }
        if case .container(let id)? = record.network?.mode { try join(.network, of: id, &spec) }
        if let id = record.processesOf { try join(.pid, of: id, &spec) }
        let (input, output, error) = pipes
        spec.process?.terminal = record.terminal
        let owner = hostUser(of: spec)
        // It must be able to open /dev/stdout, which is a link to its own descriptor.
        for pipe in [output, error] { if let pipe { fchown(pipe, owner, gid_t.max) } }
        var request = LaunchRequest(
            spec: spec, bundle: layout.container(record.id), id: record.id, rootfs: rootfs,
            cgroup: layout.cgroup(record.id), limits: record.limits, input: input, output: output, error: error,
            useInit: record.initProcess)
        request.filterCache = layout.filters
        request.hierarchy = hierarchy
        // They are boxtop's own.
        request.hooksNeedNamespacesAlone = true
        do { return try RuntimeCore.launch(request) } catch {
            throw .launch(code: error.exitCode, reason: error.description)
        }
    }

    /// Runs `command` in the container whose first process is `process`, without input.
    ///
    /// - Parameters:
    ///   - output: gets what it writes.
    ///   - patience: so many seconds may pass until it runs.
    func execute(
        _ command: [String], beside process: ProcessIdentity, output: Int32, patience: Double
    ) throws(SupervisionError) -> Launched {
        let spec = try configuration()
        guard var description = spec.process else { throw .refused("config.json has no process") }
        description.args = command
        description.terminal = false
        let null = try attempt { () throws(SystemCallError) in try FileDescriptor.open("/dev/null", flags: O_RDWR) }
        var request = ExecRequest(
            pid: process.pid, startTime: process.startTime, spec: spec, process: description,
            cgroup: layout.cgroup(record.id), input: null.number, output: output, error: output)
        request.patience = patience
        request.filterCache = layout.filters
        request.hierarchy = hierarchy
        do {
            let launched = try RuntimeCore.execute(request)
            _ = null.number
            return launched
        } catch { throw .launch(code: error.exitCode, reason: error.description) }
    }

    /// Begins the hooks of the container's end.
    ///
    /// - Parameter noted: what the launch has noted of them; `nil` where another supervisor has launched it.
    func beginEnd(_ noted: [UInt8]?) -> Hooks.Ending? {
        guard let bytes = noted ?? (try? Files.read(layout.configuration(record.id))),
            let end = try? OCI.RuntimeSpec.readEnd(bytes), !end.hooks.isEmpty
        else { return nil }
        let state = OCI.RuntimeState(
            ociVersion: end.ociVersion, id: record.id, status: .stopped, bundle: layout.container(record.id))
        return Hooks.Ending(end.hooks.map(layout.settled), state)
    }

    /// Lets the bundle name the namespace of `kind` that container `id` has in this life, and the user namespace that it is
    /// of: without root, the kernel lets nobody into it from any other; and process ids are shown in a /proc only there. The
    /// ids in it are the same: those of all of a user's containers, or root's container has been made with them.
    private func join(
        _ kind: OCI.RuntimeSpec.Namespace.Kind, of id: String, _ spec: inout OCI.RuntimeSpec
    ) throws(SupervisionError) {
        guard let running = StateFiles(layout).state(of: id).status.running else {
            throw .refused(
                "the container whose \(kind == .pid ? "process ids" : "network") it is to share (\(id.prefix(12))) "
                    + "does not run")
        }
        let joined = kind == .pid || geteuid() != 0 ? [kind, .user] : [kind]
        for index in spec.linux?.namespaces.indices ?? 0..<0 {
            guard let type = spec.linux?.namespaces[index].type, joined.contains(type) else { continue }
            spec.linux?.namespaces[index].path =
                "/proc/\(running.process.pid)/ns/\(type == .network ? "net" : type.rawValue)"
        }
    }

    private func configuration() throws(SupervisionError) -> OCI.RuntimeSpec {
        let path = layout.configuration(record.id)
        let bytes = try attempt { () throws(SystemCallError) in try Files.read(path) }
        do {
            var spec = try OCI.RuntimeSpec.read(bytes)
            layout.settle(&spec, of: record.id)
            return spec
        } catch { throw .record(.content(path: path, reason: "\(error)")) }
    }

    private var rootfs: LaunchRootfs {
        switch record.rootfs {
        case .directory(let path): .directory(path)
        case .layers(let layers, let upper, let work):
            .layers(layers, upper: upper, work: work, kept: !record.autoRemove)
        }
    }

    /// Who the container's first process is on this host.
    private func hostUser(of spec: OCI.RuntimeSpec) -> uid_t {
        let user = spec.process?.user.uid ?? 0
        guard let ids = record.ids, user < ids.count else { return user }
        return ids.first + user
    }
}

extension OCI.RuntimeSpec {
    /// What `readEnd` reads of it, without the rest.
    fileprivate var endText: [UInt8] {
        JSONText.object { text in
            text.string("ociVersion", ociVersion)
            text.object("hooks") { text in
                text.objects("poststop", hooks?.poststop ?? []) { text, hook in hook.write(&text) }
            }
        }
    }
}
