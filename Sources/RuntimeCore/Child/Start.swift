import CLinux
import Glibc
import Linux
import OCI

/// The last steps: user, privileges, start, filter, exec.
extension Child {
    func becomeUser(home: String?) throws(LaunchError) -> Readied {
        try plan.credentials.becomeUser(
            of: plan.process, home: home, filter: plan.filter, channel, keeping: plan.request.preservedDescriptors)
    }

    func execute(_ readied: Readied) throws(LaunchError) -> Never {
        if hold != nil {
            try channel.reportHeld()
            try hold?.wait()
        }
        // After the wait, and what is said before it: the filter is the program's, which may need neither.
        try readied.filter?.load()
        if let hooks = plan.request.spec.hooks {
            // No word of the host's environment for a program of the image.
            try Hooks.run(
                hooks.startContainer, plan.request.state(.created, pid: Int32(getpid())), inheriting: false)
        }
        if plan.request.useInit {
            try Reaper.run(readied.program, channel: channel)
        } else {
            try readied.program.execute()
        }
    }
}

/// What is left of a launch once the process is the program's user.
struct Readied {
    let program: Program
    /// To be loaded last; `nil` where there is none, or it is on.
    let filter: SeccompFilter?
}

extension Credentials {
    /// Makes the calling process the program's user, with its privileges, in its working directory, and lets none of its
    /// descriptors go further than exec(2) but the first three and `kept` more. The program is looked up as that user.
    ///
    /// All of that before the filter, which may deny any of its calls.
    func becomeUser(
        of process: OCI.RuntimeSpec.Process, home: String?, filter: SeccompFilter?, _ channel: borrowing ChildChannel,
        keeping kept: Int32
    ) throws(LaunchError) -> Readied {
        // What is opened from here on closes by itself.
        try during(.descriptors) { () throws(SystemCallError) in
            try systemCall("mark descriptors") { clinux_close_range(3 + UInt32(kept), UInt32.max, 1) }
        }
        try forbidNewPrivileges()
        // As it was made: by its names alone, of which one before `..` need not be there.
        let folder = "/\(MountPlan.normal(process.cwd))"
        let entered = chdir(folder) == 0
        if entered { try verifyWorkingDirectory(process.cwd) }
        // Without no_new_privs only an administrator may load a filter, and soon this is none.
        let loadsAsAdministrator = filter != nil && !noNewPrivileges
        try apply(sparing: loadsAsAdministrator)
        // Root without privilege over the file system may not enter what the user may.
        if !entered {
            try during(.workingDirectory, on: process.cwd) { () throws(SystemCallError) in
                try systemCall("enter it") { chdir(folder) }
            }
            try verifyWorkingDirectory(process.cwd)
        }
        umask(mode_t(user.umask ?? 0o022))
        let program = try Program(process, home: home)
        guard let filter, loadsAsAdministrator || filter.hasListener else {
            return Readied(program: program, filter: filter)
        }
        func load() throws(LaunchError) {
            // The launching process, which hands its listener on, is still there.
            if filter.hasListener { try SeccompListener.load(filter, channel) } else { try filter.load() }
        }
        if loadsAsAdministrator { try asAdministrator(load) } else { try load() }
        return Readied(program: program, filter: nil)
    }

    /// A working directory reached through a descriptor of the host's file system has no name in here.
    private func verifyWorkingDirectory(_ path: String) throws(LaunchError) {
        let isBelow = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { room in
            getcwd(room.baseAddress, room.count) != nil && room[0] == CChar(UInt8(ascii: "/"))
        }
        guard isBelow else {
            throw LaunchError(.workingDirectory, on: path, "it lies outside the container's root")
        }
    }
}
