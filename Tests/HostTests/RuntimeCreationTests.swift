import Cgroups
import Glibc
import Linux
import OCI
import TestSupport
import Testing

/// Containers that are not whole yet.
@Suite(.enabled(if: Strace.obstacle == nil, Comment(rawValue: Strace.obstacle ?? "")))
struct RuntimeCreationTests {
    /// Runs the verb behind `slowness`, and `script` when the container is on record, where `runtime` calls the runtime.
    private func meanwhile(_ script: String, slowness: String = "") -> [String] {
        [
            "sh", "-c",
            """
            program=$1 state=$3; runtime() { "$program" --root "$state" "$@"; }
            \(slowness) "$@" & launch=$!
            for moment in $(seq 200); do
                ls "$state"/*/creating.json "$state"/*/state.json 2>/dev/null | grep -q . && break; sleep 0.02
            done
            sleep 0.2; \(script)
            wait $launch; echo $?
            """, "sh",
        ]
    }

    private let slowHook = OCI.RuntimeSpec.Hook(path: "/bin/sleep", args: ["sleep", "20"])

    @Test func `nobody comes into a container that is being created`() throws {
        let bundle = try RuntimeBundle("sleep 3")
        let id = bundle.id
        let delay = Int(1_500_000 * min(patience, 8))
        let outcome = try bundle.run(
            "--detach",
            through: meanwhile(
                """
                for verb in exec pause kill start; do runtime $verb \(id) true; echo $?; done
                runtime state \(id) | grep status
                while runtime state \(id) | grep -q creating; do sleep 0.05; done
                runtime state \(id) | grep status; runtime exec \(id) true; echo $?
                """,
                slowness: "strace -f -qq -o /dev/null -e trace=pivot_root -e inject=pivot_root:delay_enter=\(delay)"))
        let words = outcome.lines.map { String($0.drop { $0 == " " }) }
        let (before, after) = ("\"status\": \"creating\",", "\"status\": \"running\",")
        #expect(words == ["255", "1", "1", "1", before, after, "0", "0"], "\(outcome.output)\(outcome.errors)")
    }

    @Test func `one that is being created can be deleted, and its creation says so`() throws {
        let bundle = try RuntimeBundle("sleep 60")
        bundle.spec.hooks = .init(createContainer: [slowHook])
        let outcome = try bundle.create(through: meanwhile("runtime delete --force \(bundle.id); echo $?"))
        #expect(outcome.lines == ["0", "1"], "\(outcome.output)\(outcome.errors)")
        #expect(outcome.errors.contains("container \(bundle.id) was deleted meanwhile"), "\(outcome.errors)")
        #expect(try !bundle.group().exists)
    }

    @Test(arguments: [("TERM", Int32(143)), ("INT", 130), ("HUP", 129)])
    func `a launch is ended by a signal, and leaves nothing`(name: String, status: Int32) throws {
        let bundle = try RuntimeBundle("true")
        for hooks in [OCI.RuntimeSpec.Hooks(createRuntime: [slowHook]), .init(createContainer: [slowHook])] {
            let ended = "\(bundle.folder)/ended"
            bundle.spec.hooks = hooks
            bundle.spec.hooks?.poststop = [.init(path: "/usr/bin/touch", args: ["touch", ended])]
            let start = MonotonicTime.now
            let outcome = try bundle.run(
                through: ["timeout", "--foreground", "--preserve-status", "--kill-after=5", "--signal", name, "0.5"])
            #expect(outcome.status == status, "\(outcome.errors)")
            #expect(MonotonicTime.now.seconds(since: start) < 10)
            #expect(!Files.exists(bundle.stateFolder))
            #expect(unlink(ended) == 0)
            #expect(try !bundle.group().exists)
        }
    }
}
