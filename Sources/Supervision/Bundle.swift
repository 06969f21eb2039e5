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

    /// Launches the container. In a launcher: what this leaves in memory is not worth keeping.
    ///
    /// - Parameters: the container's side of its pipes; none where it has a terminal.
    func launch(_ input: Int32?, _ output: Int32?, _ error: Int32?) throws(SupervisionError) -> Launched {
        var spec = try configuration()
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
        request.hooksAwaitState = true
        do { return try RuntimeCore.launch(request) } catch {
            throw .launch(code: error.exitCode, reason: error.description)
        }
    }

    /// Runs `command` in the container whose first process is `process`, with no input and no output.
    func execute(_ command: [String], beside process: ProcessIdentity) throws(SupervisionError) -> Launched {
        let spec = try configuration()
        guard var description = spec.process else { throw .refused("config.json has no process") }
        description.args = command
        description.terminal = false
        let null = try attempt { () throws(SystemCallError) in try FileDescriptor.open("/dev/null", flags: O_RDWR) }
        var request = ExecRequest(
            pid: process.pid, startTime: process.startTime, spec: spec, process: description,
            cgroup: layout.cgroup(record.id), input: null.number, output: null.number, error: null.number)
        request.filterCache = layout.filters
        request.hierarchy = hierarchy
        do {
            let launched = try RuntimeCore.execute(request)
            _ = null.number
            return launched
        } catch { throw .launch(code: error.exitCode, reason: error.description) }
    }

    /// Runs the hooks of the end that `configuration` names.
    func runEndHooks(_ configuration: borrowing FileDescriptor) {
        guard let bytes = try? configuration.readAll(),
            let end = try? OCI.RuntimeSpec.readEnd(bytes)
        else { return }
        let state = OCI.RuntimeState(
            ociVersion: end.ociVersion, id: record.id, status: .stopped, bundle: layout.container(record.id))
        for hook in end.hooks { try? Hooks.run([hook], state) }
    }

    private func configuration() throws(SupervisionError) -> OCI.RuntimeSpec {
        let path = layout.configuration(record.id)
        let bytes = try attempt { () throws(SystemCallError) in try Files.read(path) }
        do { return try OCI.RuntimeSpec.read(bytes) } catch {
            throw .record(.content(path: path, reason: "\(error)"))
        }
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
