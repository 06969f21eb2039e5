import CLinux
import Glibc
import JSON
import Linux
import OCI

/// Programs that are run at points of a container's life. See config.md, "POSIX-platform Hooks".
package enum Hooks {
    /// Runs `hooks` one after the other, each with the container's state on standard input; the first that fails ends
    /// it.
    ///
    /// - Parameter inheriting: a hook that says nothing of its environment has the caller's.
    package static func run(
        _ hooks: [OCI.RuntimeSpec.Hook], _ state: OCI.RuntimeState, inheriting: Bool = true
    ) throws(LaunchError) {
        if hooks.isEmpty { return }
        let text = state.text
        for hook in hooks { try Begun(hook, inheriting: inheriting).finish(text) }
    }

    /// A container's hooks of its end, the first of which is told the state at once, while its caller clears up.
    package struct Ending: ~Copyable {
        private var first: Begun?
        private let rest: ArraySlice<OCI.RuntimeSpec.Hook>
        private let state: OCI.RuntimeState

        package init(_ hooks: [OCI.RuntimeSpec.Hook], _ state: OCI.RuntimeState) {
            first = hooks.first.flatMap { try? Begun($0) }
            first?.tell(state)
            rest = hooks.dropFirst()
            self.state = state
        }

        /// Waits for the first and runs the others. One that fails can stop nothing: what it leaves, the next start
        /// clears up.
        package consuming func finish() {
            try? first.take()?.finish([])
            for hook in rest { try? Hooks.run([hook], state) }
        }
    }

    /// A hook whose program runs.
    struct Begun: ~Copyable {
        private let hook: OCI.RuntimeSpec.Hook
        private let words: FileDescriptor
        private var program: ChildProgram.Begun
        private var isTold = false

        init(_ hook: OCI.RuntimeSpec.Hook, inheriting: Bool = true) throws(LaunchError) {
            let words = try during(.hook, on: hook.path) { () throws(SystemCallError) in
                FileDescriptor(owning: try systemCall("make a file") { clinux_memory_file("words") })
            }
            let program = ChildProgram(
                path: hook.path, arguments: hook.args,
                environment: hook.env ?? (inheriting ? CStrings.environment : []), error: words.number)
            self.program = try during(.hook, on: hook.path) { () throws(SystemCallError) in try program.begin() }
            self.hook = hook
            self.words = words
        }

        /// In a copy of the process that began it.
        consuming func leave() { program.leave() }

        /// Tells it the container's state before `finish` would.
        mutating func tell(_ state: OCI.RuntimeState) {
            program.give(state.text, timeout: hook.timeout)
            isTold = true
        }

        /// The container comes to nothing: what was told the state ends what it does, the other is killed.
        consuming func abandon() {
            if isTold { _ = try? program.wait() }
        }

        consuming func finish(_ state: [UInt8]) throws(LaunchError) {
            let hook = hook
            let outcome: ChildProgram.Outcome
            if !isTold { program.give(state, timeout: hook.timeout) }
            do throws(SystemCallError) { outcome = try program.wait() } catch {
                throw LaunchError(.hook, on: hook.path, error)
            }
            let said = Hooks.words(words)
            if outcome != .exited(0) {
                // What is said by a program that crashes is no sentence.
                if case .exited(let status) = outcome, status < 128, !said.isEmpty {
                    throw LaunchError(.hook, on: hook.path, said)
                }
                if access(hook.path, X_OK) != 0 { throw LaunchError(.hook, on: hook.path, "\(Errno.current)") }
                throw LaunchError(.hook, on: hook.path, "it \(outcome)")
            }
            // What a hook that went well has to say goes where the caller's own does.
            if !said.isEmpty { heedless { try? FileDescriptor.write(said + "\n", to: 2) } }
        }
    }

    /// What a hook has said on its standard error, without the name that programs put before.
    fileprivate static func words(_ file: borrowing FileDescriptor) -> String {
        lseek(file.number, 0, SEEK_SET)
        let text = String(decoding: (try? file.readAll(limit: 1 << 20)) ?? [], as: UTF8.self)
        let line = text.split(separator: "\n").map(String.init).joined(separator: "; ")
        return line.begins(with: "boxtop: ") ? String(line.dropFirst(8)) : line
    }

    /// - Parameter begun: the first of them, where it runs already.
    static func run(
        _ hooks: [OCI.RuntimeSpec.Hook], _ request: LaunchRequest, status: OCI.RuntimeState.Status, pid: Int32,
        begun: consuming Begun? = nil
    ) throws(LaunchError) {
        if hooks.isEmpty { return }
        let state = request.state(status, pid: pid)
        guard let begun else { return try run(hooks, state) }
        try begun.finish(state.text)
        try run(Array(hooks.dropFirst()), state)
    }
}

extension OCI.RuntimeState {
    /// The JSON of it, by hand: see `JSONText`.
    fileprivate var text: [UInt8] {
        JSONText.object { text in
            text.string("ociVersion", ociVersion)
            text.string("id", id)
            text.string("status", status.rawValue)
            text.number("pid", pid)
            text.string("bundle", bundle)
            if let annotations { text.table("annotations", annotations) }
        }
    }
}

extension LaunchRequest {
    /// The hook that is begun before the container is there.
    var earlyHook: OCI.RuntimeSpec.Hook? { hooksNeedNamespacesAlone ? spec.hooks?.createRuntime.first : nil }

    /// What hooks are told.
    func state(_ status: OCI.RuntimeState.Status, pid: Int32?) -> OCI.RuntimeState {
        OCI.RuntimeState(
            ociVersion: spec.ociVersion, id: id, status: status, pid: pid, bundle: bundle,
            annotations: spec.annotations.isEmpty ? nil : spec.annotations)
    }
}
