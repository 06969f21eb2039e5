import CLinux
import Glibc
import Linux
import OCI

/// The container's terminal: made from its own /dev/pts, by descriptors alone, so that no link in the image can put
/// another file in its place.
extension Child {
    /// The program's side of a new terminal, which is also shown at /dev/console; the other side goes to the launching
    /// process. `nil` where the program has none.
    func makeTerminal(below root: borrowing FileDescriptor) throws(LaunchError) -> FileDescriptor? {
        if !plan.process.terminal { return nil }
        let slave = try Terminal.make(
            below: root, size: plan.process.consoleSize, owner: plan.process.user.uid, channel: channel)
        try during(.console, on: "/dev/console") { () throws(SystemCallError) in
            let folder = try root.makeFolder("dev")
            let base = folder.number
            let flags = O_RDONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
            let target = FileDescriptor(
                owning: try systemCall("make", "/dev/console") { clinux_openat(base, "console", flags, 0o600) })
            try DetachedMount(copyOf: "", below: slave.number).attach(onto: target)
        }
        return slave
    }

    /// Puts the terminal, or the descriptors of the request, in the place of standard input, output and error.
    func connect(_ terminal: consuming FileDescriptor?) throws(LaunchError) {
        if let terminal {
            try Terminal.connect(terminal)
        } else {
            let request = plan.request
            try StandardDescriptors(input: request.input, output: request.output, error: request.error)
                .connect(owner: plan.process.user.uid)
        }
    }
}
