import CSeal
import CStart
import Glibc
import Linux
import RuntimeCore

/// `boxtop-runtime [OPTIONS] VERB …`: an OCI runtime, and the supervisor beside each container of `boxtop`.
@main enum Main {
    static func main() {
        StandardStreams.open()
        // What the caller ignores, programs in containers would ignore too, and of the end of its own children a
        // process that ignores SIGCHLD hears nothing.
        for number in 1...SIGSYS where number != SIGKILL && number != SIGSTOP {
            // Whoever reads no more is told by the write that fails, and ends nothing that is half done. Caught and not
            // ignored: what is caught is itself again in each child and program, without a call.
            signal(number, number == SIGPIPE ? { _ in } : SIG_DFL)
        }
        exit(run())
    }

    /// The words after the program's name; not as `CommandLine` has them, which asks for them in a roundabout way, and puts
    /// other bytes in the place of those that are not UTF-8, and so another file's name, or a program's other argument.
    private static func arguments() throws(Failure) -> [String] {
        var count: Int32 = 0
        let words = cstart_arguments(&count)
        var texts: [String] = []
        for number in 1..<max(1, Int(count)) {
            guard let word = words?[number] else { break }
            guard let text = String(validatingCString: word) else {
                // Of exec, as `Exec.runOrSay255` has it.
                throw Failure(
                    "the word “\(String(cString: word))” of the command line is not UTF-8",
                    exitCode: texts.contains("exec") ? 255 : 1)
            }
            texts.append(text)
        }
        return texts
    }

    private static func run() -> Int32 {
        var log = Log()
        do throws(Failure) {
            var words = try arguments()
            let options = try Options.global(&words)
            log = try Log(options)
            guard let name = words.first else { throw Failure(usage) }
            // What is on its way into a container must not be a file of the host that the container could write.
            let reason = Errno(rawValue: cseal_result())
            if reason.rawValue != 0 { throw Failure("cannot seal this program's file: \(reason)", exitCode: 125) }
            if name == "supervise" { return SuperviseVerb.run(words.dropFirst()) }
            if name == "enter" { return EnterVerb.run(words.dropFirst()) }
            guard let verb = verb(name) else { throw Failure("there is no verb \(name)\n\(usage)") }
            return try verb(Array(words.dropFirst()), Context(options, log))
        } catch {
            if error.exitCode == 0 {
                try? FileDescriptor.write(error.description + "\n", to: 1)
            } else {
                log.write(error.description)
            }
            return error.exitCode
        }
    }

    private typealias Verb = ([String], Context) throws(Failure) -> Int32

    private static func verb(_ name: String) -> Verb? {
        switch name {
        case "create": Create.run
        case "start": Start.run
        case "state": State.run
        case "kill": Kill.run
        case "delete": Delete.run
        case "run": Run.run
        case "exec": Exec.runOrSay255
        case "pause": Pause.pause
        case "resume": Pause.resume
        case "ps": Processes.run
        case "update": Update.run
        case "events": Events.run
        case "list": List.run
        case "spec": Spec.run
        case "features": Features.run
        case "--version", "-v": Version.run
        default: nil
        }
    }

    static let usage = """
        usage: boxtop-runtime [--root DIR] [--log FILE] [--log-format text|json] [--systemd-cgroup] VERB …
          create [-b DIR] [-f CONFIG] [--pid-file FILE] [--console-socket PATH] [--preserve-fds N] [--no-pivot] ID
          run    [-b DIR] [-f CONFIG] [-d] [--pid-file FILE] [--console-socket PATH] [--preserve-fds N] [--no-pivot] ID
          start ID | state ID | pause ID | resume ID | kill [-a] ID [SIGNAL] | delete [-f] ID
          exec [-t] [-d] [-u UID[:GID]] [--cwd DIR] [-e K=V] [-p FILE] [--pid-file FILE] ID COMMAND …
          ps [-f table|json] ID | list [-q] [-f table|json] | events [--stats] [--interval TIME] ID
          update [-r FILE] [--memory BYTES] [--cpu-quota MICROSECONDS] [--pids-limit N] … ID
          spec [-b DIR] [--rootless] | features
        """
}
