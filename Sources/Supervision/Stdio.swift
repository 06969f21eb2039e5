import Glibc
import Linux

/// The supervisor's side of a container's standard input, output and error.
///
/// They are named pipes in the run folder, whose other side the container holds open for reading *and* writing. So when
/// the supervisor is killed, the container's writes neither fail nor raise SIGPIPE: they fill the pipe, and the next
/// supervisor opens it by its name and goes on reading, without one byte lost. An anonymous pipe would be gone with its
/// last reader. Input is held open by a `Keeper`, since a container that held its own input open for writing could
/// never see its end.
struct Stdio: ~Copyable {
    var output: FileDescriptor?
    var error: FileDescriptor?
    /// Where the container's input is written, where it has one.
    var input: FileDescriptor?
    /// The master side of the container's terminal, in place of the three.
    var terminal: FileDescriptor?

    init() {}

    /// What the container gets.
    struct ContainerSide: ~Copyable {
        let input: FileDescriptor
        let output: FileDescriptor
        let error: FileDescriptor
    }

    static let names = (input: "stdin", output: "stdout", error: "stderr")

    /// Makes the pipes in `folder`.
    ///
    /// - Parameter openInput: without it, the container reads /dev/null.
    mutating func makePipes(in folder: String, openInput: Bool) throws(SystemCallError) -> ContainerSide {
        try Self.makePipe("\(folder)/\(Self.names.output)")
        try Self.makePipe("\(folder)/\(Self.names.error)")
        if openInput { try Self.makePipe("\(folder)/\(Self.names.input)") }
        try openPipes(in: folder)
        let output = try FileDescriptor.open("\(folder)/\(Self.names.output)", flags: O_RDWR)
        let error = try FileDescriptor.open("\(folder)/\(Self.names.error)", flags: O_RDWR)
        guard openInput else {
            return ContainerSide(input: try FileDescriptor.open("/dev/null"), output: output, error: error)
        }
        // An open for one direction waits for the other side: while this one is open, neither waits.
        let both = try FileDescriptor.open("\(folder)/\(Self.names.input)", flags: O_RDWR)
        let reader = try FileDescriptor.open("\(folder)/\(Self.names.input)")
        input = try FileDescriptor.open("\(folder)/\(Self.names.input)", flags: O_WRONLY | O_NONBLOCK)
        _ = both.number
        return ContainerSide(input: reader, output: output, error: error)
    }

    /// Opens the output pipes that are there already, to go on where another supervisor was killed.
    mutating func openPipes(in folder: String) throws(SystemCallError) {
        output = try FileDescriptor.open("\(folder)/\(Self.names.output)", flags: O_RDONLY | O_NONBLOCK)
        error = try FileDescriptor.open("\(folder)/\(Self.names.error)", flags: O_RDONLY | O_NONBLOCK)
    }

    static func removePipes(in folder: String) {
        for name in [names.input, names.output, names.error] { unlink("\(folder)/\(name)") }
    }

    /// Everybody may write: a program that has given up root still opens /dev/stderr. The run folder around it lets
    /// nobody else in.
    private static func makePipe(_ path: String) throws(SystemCallError) {
        unlink(path)
        try systemCall("make pipe", path) { mkfifo(path, 0o600) }
        try systemCall("change the mode of", path) { chmod(path, 0o622) }
    }
}
