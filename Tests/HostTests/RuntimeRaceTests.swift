import Cgroups
import Glibc
import JSON
import Linux
import OCI
import TestSupport
import Testing

/// Verbs that another one overtakes: they say what has become of the container, in words that engines do not take for a
/// program that is missing.
@Suite(.enabled(if: Strace.obstacle == nil, Comment(rawValue: Strace.obstacle ?? "")))
struct RuntimeRaceTests {
    /// Runs the verb, held up for a while at one of its calls, and the runtime's `verbs` meanwhile.
    private func overtaken(by verbs: String..., at call: String, of path: String? = nil) -> [String] {
        let delay = Int(1_000_000 * patience)
        let meanwhile = verbs.map { "\"$program\" --root \"$state\" \($0); " }.joined()
        return [
            "sh", "-c",
            """
            program=$1 state=$3
            strace -f -qq -o /dev/null -e trace=\(call) \(path.map { "-P \($0)" } ?? "") \
                -e inject=\(call):delay_enter=\(delay) "$@" & slow=$!
            sleep \(0.4 * patience); \(meanwhile)
            wait $slow; echo $?
            """, "sh",
        ]
    }

    @Test(arguments: ["start", "start-answer"], [0, 1, 2])
    func `a start that comes too late says what has become of the container`(file: String, number: Int) throws {
        let bundle = try RuntimeBundle("sleep 60")
        let id = bundle.id
        let (verb, sentence) = [
            ("start \(id)", "container \(id) is running, not created"),
            ("kill \(id) KILL", "container not running: \(id)"),
            ("delete --force \(id)", "container \(id) was deleted meanwhile"),
        ][number]
        #expect(try bundle.create().status == 0)
        let outcome = try bundle.call(
            ["start", id], through: overtaken(by: verb, at: "openat", of: "\(bundle.stateFolder)/\(file)"))
        #expect(outcome.lines == ["1"])
        #expect(outcome.errors == "boxtop-runtime: \(sentence)\n")
    }

    /// On its way into the container, and in there.
    @Test(arguments: ["setns", "setsid"], ["kill", "delete"])
    func `an exec whose container ends on the way says so`(call: String, verb: String) throws {
        let bundle = try RuntimeBundle("sleep 60")
        #expect(try bundle.run("--detach").status == 0)
        let words = verb == "kill" ? "kill \(bundle.id) KILL" : "delete --force \(bundle.id)"
        let outcome = try bundle.call(["exec", bundle.id, "true"], through: overtaken(by: words, at: call))
        #expect(outcome.lines == ["255"])
        // strace(1) says a word of its own of a process that is killed while it waits.
        #expect(outcome.errors.hasSuffix("boxtop-runtime: container not running: \(bundle.id)\n"), "\(outcome.errors)")
    }

    /// Before there is a process, and while nobody has written of it yet. Which of the first two makes a FIFO is the C
    /// library's affair.
    @Test(arguments: ["?mknod,?mknodat", "sendmsg"])
    func `a creation that is deleted before it is on record says so`(call: String) throws {
        let bundle = try RuntimeBundle("sleep 60")
        let outcome = try bundle.create(through: overtaken(by: "delete --force \(bundle.id)", at: call))
        #expect(outcome.lines == ["1"])
        #expect(outcome.errors == "boxtop-runtime: container \(bundle.id) was deleted meanwhile\n")
        #expect(!Files.exists(bundle.stateFolder))
        #expect(try !bundle.group().exists)
    }
}
