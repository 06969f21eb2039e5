import CLinux
import Glibc
import Linux
import OCI

/// The first process of a container whose program is not meant to be one: it hands signals on to the program, collects
/// orphans that have ended, and ends as the program does.
enum Reaper {
    static func run(_ program: Program, channel: borrowing ChildChannel) throws(LaunchError) -> Never {
        var all = sigset_t()
        sigfillset(&all)
        sigprocmask(SIG_SETMASK, &all, nil)
        // fork(2) and not clone3(2): the filter of system calls is on by now, and a usual one answers clone3, whose
        // flags it cannot see, with ENOSYS.
        let pid = try during(.process) { () throws(SystemCallError) in
            try systemCall("make the program's process") { fork() }
        }
        switch pid {
        case 0:
            // The terminal's keys are the program's, not the reaper's.
            setpgid(0, 0)
            if isatty(0) == 1 { tcsetpgrp(0, getpid()) }
            do throws(LaunchError) { try program.execute() } catch {
                channel.report(.failed(error))
                _exit(error.exitCode)
            }
        default:
            nameItself()
            // The channel too: the launching process waits until it is closed. Where the filter denies the one call, one
            // by one: what a launch opens has small numbers, and of its caller's nothing is open.
            if clinux_close_range(3, UInt32.max, 0) != 0 { for number: Int32 in 3..<1_024 { close(number) } }
            attend(pid)
        }
    }

    /// What the container's ps shows of it: no path of the host's.
    private static func nameItself() {
        let name = "boxtop-init"
        name.withCString { text in _ = clinux_prctl(PR_SET_NAME, UInt(bitPattern: text), 0) }
        let words = CommandLine.unsafeArgv
        guard let first = words[0], let last = words[Int(CommandLine.argc) - 1] else { return }
        let size = last + strlen(last) - first
        if size <= name.utf8.count { return }
        memset(first, 0, size)
        memcpy(first, name, name.utf8.count)
        // Where the last byte is none, the kernel takes what is before the first NUL for all of it: see setproctitle(3).
        first[size] = 1
    }

    private static func attend(_ program: Int32) -> Never {
        var all = sigset_t()
        sigfillset(&all)
        while true {
            var number: Int32 = 0
            if sigwait(&all, &number) != 0 { continue }
            if number == SIGCHLD {
                collect(program)
            } else {
                kill(program, number)
            }
        }
    }

    private static func collect(_ program: Int32) {
        while true {
            var ended: Int32 = 0
            let status = clinux_wait_any(&ended, WNOHANG)
            if status < 0 { return }
            // The kernel kills whoever is left when the first process ends.
            if ended == program { _exit(status) }
        }
    }
}
