import Glibc
import JSON
import Linux
import OCI

/// Programs that are run at points of a container's life. See config.md, "POSIX-platform Hooks".
package enum Hooks {
    /// Runs `hooks` one after the other, each with the container's state on standard input; the first that fails ends
    /// it.
    package static func run(
        _ hooks: [OCI.RuntimeSpec.Hook], _ state: OCI.RuntimeState
    ) throws(LaunchError) {
        if hooks.isEmpty { return }
        let text: [UInt8]
        do { text = try JSON.encode(state) } catch { throw LaunchError(.hook, "\(error)") }
        for hook in hooks {
            let program = ChildProgram(
                path: hook.path, arguments: hook.args, environment: hook.env, input: text, timeout: hook.timeout)
            let outcome = try program.run(step: .hook)
            if outcome != .exited(0) { throw LaunchError(.hook, on: hook.path, "it \(outcome)") }
        }
    }

    static func run(
        _ hooks: [OCI.RuntimeSpec.Hook], _ request: LaunchRequest, status: OCI.RuntimeState.Status, pid: Int32
    ) throws(LaunchError) {
        if hooks.isEmpty { return }
        try run(hooks, request.state(status, pid: pid))
    }
}

extension LaunchRequest {
    /// What hooks are told.
    func state(_ status: OCI.RuntimeState.Status, pid: Int32?) -> OCI.RuntimeState {
        OCI.RuntimeState(
            ociVersion: spec.ociVersion, id: id, status: status, pid: pid, bundle: bundle,
            annotations: spec.annotations.isEmpty ? nil : spec.annotations)
    }
}
