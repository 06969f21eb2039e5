import CLinux
import Glibc
import Linux
import OCI

/// What the container sees of itself as a machine: names, loopback, clocks; and what the kernel holds of its process.
extension Child {
    func nameHost() throws(LaunchError) {
        if let name = plan.request.spec.hostname, !name.isEmpty {
            try during(.hostname, on: name) { () throws(SystemCallError) in
                // In bytes: a name may have characters of several.
                try systemCall("set the host name") { sethostname(name, name.utf8.count) }
            }
        }
        if let name = plan.request.spec.domainname, !name.isEmpty {
            try during(.domainname, on: name) { () throws(SystemCallError) in
                try systemCall("set the domain name") { setdomainname(name, name.utf8.count) }
            }
        }
    }

    func raiseLoopback() throws(LaunchError) {
        if !plan.namespaces.isNew(.network) { return }
        try during(.loopback) { () throws(SystemCallError) in
            try systemCall("set up the interface") { clinux_loopback_up() }
        }
    }

    /// Where the offsets of a new time namespace are written to; `nil` where there is none, or they stay.
    func openTimeOffsets() throws(LaunchError) -> FileDescriptor? {
        if plan.linux.timeOffsets.isEmpty { return nil }
        return try during(.namespaces) { () throws(SystemCallError) in
            try proc.open("self/timens_offsets", flags: O_WRONLY)
        }
    }

    /// The time namespace begins with the next process, unless this one moves there itself once the offsets are set.
    func enterTimeNamespace(_ offsets: consuming FileDescriptor?) throws(LaunchError) {
        if !plan.namespaces.isNew(.time) { return }
        let lines = plan.linux.timeOffsets.sorted { $0.key < $1.key }.map { clock, offset in
            "\(clock) \(offset.secs ?? 0) \(offset.nanosecs ?? 0)\n"
        }
        try during(.namespaces) { () throws(SystemCallError) in
            try Namespaces.time.unshare()
            try offsets?.write(lines.joined().utf8)
            try Namespaces.time.join(proc.open("self/ns/time_for_children"))
        }
    }
}

extension OCI.RuntimeSpec.Process {
    /// How the kernel treats the calling process: turns on its processors and disks, and what machine it says it is.
    func setPriorities(_ personality: OCI.RuntimeSpec.Personality?) throws(LaunchError) {
        try scheduler?.apply()
        if let priority = ioPriority, let kind = IOPriorityClass.numbers[priority.class] {
            try during(.priority, on: priority.class) { () throws(SystemCallError) in
                try systemCall("set it") { clinux_ioprio_set(kind << 13 | Int32(clamping: priority.priority ?? 0)) }
            }
        }
        if let name = personality?.domain, let domain = Personalities.domains[name] {
            try during(.process) { () throws(SystemCallError) in
                try systemCall("set the personality") { clinux_personality(domain) }
            }
        }
    }
}
