import Linux
import Records
import Supervision

/// `boxtop-runtime supervise --state DIR --run DIR --cgroup-parent PATH --report-fd N [--client-fd M] [--adopt] ID`:
/// what the front end starts beside each container. No command for people.
enum SuperviseVerb {
    static let usage =
        "supervise --state DIR --run DIR --cgroup-parent PATH --report-fd N [--client-fd M] [--adopt] ID"

    /// The exit status; a sentence on standard error where the arguments are wrong.
    static func run(_ arguments: some Collection<String>) -> Int32 {
        guard let options = options(arguments) else {
            try? FileDescriptor.write("boxtop-runtime: usage: boxtop-runtime \(usage)\n", to: 2)
            return 125
        }
        return supervise(options)
    }

    private static func options(_ arguments: some Collection<String>) -> SuperviseOptions? {
        var values: [String: String] = [:]
        var adopts = false
        var ids: [String] = []
        var rest = Array(arguments)[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--adopt": adopts = true
            case "--state", "--run", "--cgroup-parent", "--report-fd", "--client-fd":
                guard let value = rest.popFirst() else { return nil }
                values[argument] = value
            default: ids.append(argument)
            }
        }
        guard let state = values["--state"], let run = values["--run"], let parent = values["--cgroup-parent"],
            let report = values["--report-fd"].flatMap({ Int32($0) }), report > 2,
            ids.count == 1, let id = ids.first, !id.begins(with: "-"), !id.contains("/"), !id.begins(with: ".")
        else { return nil }
        var client: Int32?
        if let text = values["--client-fd"] {
            guard let number = Int32(text), number > 2 else { return nil }
            client = number
        }
        return SuperviseOptions(
            layout: Layout(state: state, run: run, cgroupParent: parent), id: id, report: report, client: client,
            adopts: adopts)
    }
}
