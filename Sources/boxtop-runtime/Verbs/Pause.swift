import Cgroups
import RuntimeCore

/// `pause ID` and `resume ID`: every process stands still, and goes on.
enum Pause {
    static func pause(_ words: [String], _ context: Context) throws(Failure) -> Int32 {
        try change(words, context) { group throws(CgroupError) in try group.freeze() }
    }

    static func resume(_ words: [String], _ context: Context) throws(Failure) -> Int32 {
        try change(words, context) { group throws(CgroupError) in try group.thaw() }
    }

    private static func change(
        _ words: [String], _ context: Context, _ body: (Cgroup) throws(CgroupError) -> Void
    ) throws(Failure) -> Int32 {
        let id = try Options(words, valued: []).id()
        let entry = try failing { () throws(StateDirectory.Refusal) in try context.states.loadMade(id) }
        if !entry.isAlive { throw Failure.notRunning(id) }
        guard let group = try entry.group() else { throw Failure("container \(id) has no control group") }
        try failing { () throws(CgroupError) in try body(group) }
        return 0
    }
}
