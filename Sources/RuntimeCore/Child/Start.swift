import CLinux
import Glibc
import Linux
import OCI

/// The last steps: user, privileges, filter, start, exec.
extension Child {
    func becomeUser() throws(LaunchError) {
        try plan.credentials.becomeUser(
            filter: plan.filter, channel, workingDirectory: plan.process.cwd,
            keeping: plan.request.preservedDescriptors)
    }

    func execute(home: String?) throws(LaunchError) -> Never {
        let program = try Program(plan.process, home: home)
        try waitForStart()
        if let hooks = plan.request.spec.hooks {
            // No word of the host's environment for a program of the image.
            try Hooks.run(
                hooks.startContainer, plan.request.state(.created, pid: Int32(getpid())), inheriting: false)
        }
        if plan.request.useInit {
            try Reaper.run(program, channel: channel)
        } else {
            try program.execute()
        }
    }

    private func waitForStart() throws(LaunchError) {
        if hold == nil { return }
        channel.report(.held)
        try hold?.wait()
    }
}

extension Credentials {
    /// Makes the calling process the program's user, with its privileges, in its working directory, under its filter,
    /// and lets none of its descriptors go further than exec(2) but the first three and `kept` more.
    func becomeUser(
        filter: SeccompFilter?, _ channel: borrowing ChildChannel, workingDirectory: String, keeping kept: Int32
    ) throws(LaunchError) {
        func load() throws(LaunchError) {
            guard let filter else { return }
            if filter.hasListener { try SeccompListener.load(filter, channel) } else { try filter.load() }
        }
        // Before the filter, which may deny close_range(2): the program would have what the runtime's caller has open.
        // What is opened from here on closes by itself.
        try during(.descriptors) { () throws(SystemCallError) in
            try systemCall("mark descriptors") { clinux_close_range(3 + UInt32(kept), UInt32.max, 1) }
        }
        try forbidNewPrivileges()
        let entered = chdir(workingDirectory) == 0
        // Before the filter, which may deny getcwd(2).
        if entered { try verifyWorkingDirectory(workingDirectory) }
        // Without no_new_privs only an administrator may load a filter, and soon this is none.
        if !noNewPrivileges { try load() }
        try apply()
        // Root without privilege over the file system may not enter what the user may.
        if !entered {
            try during(.workingDirectory, on: workingDirectory) { () throws(SystemCallError) in
                try systemCall("enter it") { chdir(workingDirectory) }
            }
            try verifyWorkingDirectory(workingDirectory)
        }
        umask(mode_t(user.umask ?? 0o022))
        if noNewPrivileges { try load() }
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
