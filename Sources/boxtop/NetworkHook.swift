import Containers
import Glibc
import JSON
import Linux
import Networking
import Records

/// `boxtop network-hook up|down STATE RUN CGROUP-PARENT`: the OCI hook that `config.json` of a container names, with the
/// container's state on standard input. No command for people.
enum NetworkHook {
    /// The exit status; a sentence on standard error where it fails.
    static func run(_ arguments: [String]) -> Int32 {
        guard arguments.count == 4 else {
            Stream.error.say("boxtop: usage: boxtop network-hook up|down STATE RUN CGROUP-PARENT")
            return 64
        }
        let layout = Layout(state: arguments[1], run: arguments[2], cgroupParent: arguments[3])
        do {
            // The state comes when the container has been made, which takes a while longer.
            if arguments[0] == "up" { Networks.prepare() }
            let input = FileDescriptor(owning: 0)
            let (id, pid) = try Node.read(try input.readAll(limit: 1 << 20)) { state throws(JSONError) in
                (try state.text("id"), try state.int32("pid"))
            }
            let networks = Networks(layout)
            switch arguments[0] {
            case "up":
                guard let pid else { throw Failure("the container's state names no process") }
                var record = try StateFiles(layout).record(of: id)
                ResolverFile.renew(for: record, in: layout)
                try ChosenPorts.renew(for: &record, in: layout)
                try networks.setUp(record, process: pid)
            case "down":
                let isLeaving = (try? StateFiles(layout).record(of: id))?.autoRemove ?? true
                try networks.takeDown(id, releasing: isLeaving)
            default: throw Failure("there is no hook “\(arguments[0])”")
            }
            return 0
        } catch {
            Stream.error.say("boxtop: \(error)")
            return 1
        }
    }
}
