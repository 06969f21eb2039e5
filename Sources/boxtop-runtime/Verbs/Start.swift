import Glibc
import Linux
import OCI
import RuntimeCore

/// `start ID`: lets the program of a created container begin.
enum Start {
    static func run(_ words: [String], _ states: StateDirectory) throws(Failure) -> Int32 {
        let id = try Options(words, valued: []).id()
        let entry = try failing { () throws(StateDirectory.Refusal) in try states.load(id) }
        let fifo = states.startFIFO(id)
        let status = entry.state(in: states).status
        if status != .created { throw Failure("container \(id) is \(status.rawValue), not created") }
        try failing { () throws(SystemCallError) in
            // Not waiting: that nobody reads means that the process is gone.
            try FileDescriptor.open(fifo, flags: O_WRONLY | O_NONBLOCK).write([1])
            try systemCall("remove", fifo) { unlink(fifo) }
        }
        let spec = try failing { () throws(StateDirectory.Refusal) in try states.configuration(id) }
        try failing { () throws(LaunchError) in
            try Hooks.run(spec.hooks?.poststart ?? [], entry.state(in: states))
        }
        return 0
    }
}
