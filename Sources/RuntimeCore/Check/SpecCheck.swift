import Linux
import OCI

/// Values of a config.json that parse, and that no kernel or no launch could make sense of. Each refusal names the
/// field's path.
extension OCI.RuntimeSpec {
    func check() throws(LaunchError) {
        try checkProcess()
        for (index, mount) in mounts.enumerated() {
            try mount.checkOwners("mounts[\(index)]")
            if mount.uidMappings.isEmpty != mount.gidMappings.isEmpty {
                throw wrong("mounts[\(index)]", "uidMappings and gidMappings are given together, or neither")
            }
        }
        if let hooks {
            for (name, list) in hooks.all {
                for (index, hook) in list.enumerated() { try hook.check("hooks.\(name)[\(index)]") }
            }
        }
        if annotations.keys.contains("") { throw wrong("annotations", "a key is empty") }
        if let linux { try linux.check() }
    }

    private func checkProcess() throws(LaunchError) {
        guard let process else { throw wrong("process", "it is missing") }
        try process.check("process")
        if root?.path.isEmpty == true { throw wrong("root.path", "it is empty") }
    }
}

extension OCI.RuntimeSpec.Mount {
    fileprivate func checkOwners(_ name: String) throws(LaunchError) {
        let idmap = options.contains { $0 == "idmap" || $0 == "ridmap" }
        if uidMappings.isEmpty && gidMappings.isEmpty && !idmap { return }
        if type == "bind" || type == "rbind" || options.contains(where: { $0 == "bind" || $0 == "rbind" }) { return }
        throw wrong(idmap ? "\(name).options" : "\(name).uidMappings", "only a bind mount's owners are mapped")
    }
}

extension OCI.RuntimeSpec.Process {
    /// - Parameter path: how the document calls this process; empty where it is the document.
    func check(_ path: String) throws(LaunchError) {
        func field(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
        if args.isEmpty { throw wrong(field("args"), "it is empty") }
        if !cwd.begins(with: "/") { throw wrong(field("cwd"), "\"\(cwd)\" does not begin with /") }
        // The kernel takes it for "as it is", and root would stay root.
        let nobody = UInt32.max
        if user.uid == nobody { throw wrong(field("user.uid"), "\(nobody) is nobody's id") }
        if user.gid == nobody { throw wrong(field("user.gid"), "\(nobody) is nobody's id") }
        for (index, gid) in user.additionalGids.enumerated() where gid == nobody {
            throw wrong(field("user.additionalGids[\(index)]"), "\(nobody) is nobody's id")
        }
        if let umask = user.umask, umask > 0o7777 { throw wrong(field("user.umask"), "it is above 0o7777") }
        for (index, variable) in env.enumerated() {
            let equals = variable.utf8.firstIndex(of: UInt8(ascii: "="))
            if equals == nil { throw wrong(field("env[\(index)]"), "\"\(variable)\" has no =") }
            if equals == variable.utf8.startIndex { throw wrong(field("env[\(index)]"), "\"\(variable)\" has no name") }
        }
        for (index, limit) in rlimits.enumerated() {
            let name = field("rlimits[\(index)]")
            if ProcessLimit.number(limit.type) == nil {
                throw wrong("\(name).type", "there is no limit \(limit.type)")
            }
            if rlimits.prefix(index).contains(where: { $0.type == limit.type }) {
                throw wrong("\(name).type", "\(limit.type) is listed twice")
            }
            if limit.soft > limit.hard {
                throw wrong("\(name).soft", "\(limit.soft) is above the hard limit, \(limit.hard)")
            }
        }
        if let priority = ioPriority {
            if IOPriorityClass.numbers[priority.class] == nil {
                throw wrong(field("ioPriority.class"), "there is no class \(priority.class)")
            }
            if !(0...7).contains(priority.priority ?? 0) {
                throw wrong(field("ioPriority.priority"), "it goes from 0 to 7")
            }
        }
        if let scheduler { try scheduler.check(field("scheduler")) }
        if let score = oomScoreAdj, !(-1000...1000).contains(score) {
            throw wrong(field("oomScoreAdj"), "it goes from -1000 to 1000")
        }
        for (name, list) in [("initial", execCPUAffinity?.initial), ("final", execCPUAffinity?.final)] {
            if let list, !list.isEmpty, CoreList.cores(list) == nil {
                throw wrong(field("execCPUAffinity.\(name)"), "\"\(list)\" is no list of cores such as 0-3,7")
            }
        }
    }
}

extension OCI.RuntimeSpec.Hooks {
    var all: [(name: String, hooks: [OCI.RuntimeSpec.Hook])] {
        [
            ("prestart", prestart), ("createRuntime", createRuntime), ("createContainer", createContainer),
            ("startContainer", startContainer), ("poststart", poststart), ("poststop", poststop),
        ]
    }
}

extension OCI.RuntimeSpec.Hook {
    fileprivate func check(_ name: String) throws(LaunchError) {
        if !path.begins(with: "/") { throw wrong("\(name).path", "\"\(path)\" does not begin with /") }
        if let timeout, timeout <= 0 { throw wrong("\(name).timeout", "it is not above 0") }
    }
}

extension OCI.RuntimeSpec.LinuxPart {
    fileprivate func check() throws(LaunchError) {
        for (name, paths) in [("maskedPaths", maskedPaths), ("readonlyPaths", readonlyPaths)] {
            for (index, path) in paths.enumerated() where !path.begins(with: "/") {
                throw wrong("linux.\(name)[\(index)]", "\"\(path)\" does not begin with /")
            }
        }
        for clock in timeOffsets.keys where clock != "monotonic" && clock != "boottime" {
            throw wrong("linux.timeOffsets.\(clock)", "only monotonic and boottime have an offset")
        }
        for (clock, offset) in timeOffsets where offset.nanosecs ?? 0 > 999_999_999 {
            throw wrong("linux.timeOffsets.\(clock).nanosecs", "it is a second or more")
        }
        if !timeOffsets.isEmpty && !namespaces.contains(where: { $0.type == .time && $0.isNew }) {
            throw wrong("linux.timeOffsets", "there is no new time namespace")
        }
        for (index, device) in devices.enumerated() { try device.check("linux.devices[\(index)]") }
        if let personality {
            if Personalities.domains[personality.domain] == nil {
                throw wrong("linux.personality.domain", "\(personality.domain) is unknown")
            }
            if let flag = personality.flags.first { throw wrong("linux.personality.flags", "\(flag) is unknown") }
        }
        if intelRdt != nil { throw wrong("linux.intelRdt", "this runtime does not use resctrl") }
        try memoryPolicy?.check()
        if let seccomp { try seccomp.check() }
        if let resources { try resources.check() }
    }
}

extension OCI.RuntimeSpec.Device {
    fileprivate func check(_ name: String) throws(LaunchError) {
        if !["c", "u", "b", "p"].contains(type) { throw wrong("\(name).type", "\"\(type)\" is not c, u, b or p") }
        if !path.begins(with: "/") { throw wrong("\(name).path", "\"\(path)\" does not begin with /") }
        if type != "p" {
            for (field, number) in [("major", major), ("minor", minor)] {
                guard let number else { throw wrong("\(name).\(field)", "it is missing") }
                try checkDeviceNumber(number, "\(name).\(field)")
            }
        }
    }
}

extension OCI.RuntimeSpec.Resources {
    /// - Parameter updating: what is not given stays as it is.
    func check(updating: Bool = false) throws(LaunchError) {
        if let burst = cpu?.burst, let quota = cpu?.quota, quota > 0, burst > UInt64(quota) {
            throw wrong("linux.resources.cpu.burst", "\(burst) is above the quota, \(quota)")
        }
        for (name, bytes) in memory?.amounts ?? [] {
            if let bytes, bytes < -1 { throw wrong("linux.resources.memory.\(name)", "\(bytes) is below -1") }
        }
        if let both = memory?.swap, both > 0 {
            let limit = memory?.limit ?? 0
            if limit <= 0 && !updating { throw wrong("linux.resources.memory.swap", "it needs a limit of memory") }
            if both < limit {
                throw wrong("linux.resources.memory.swap", "\(both) is below the limit of memory, \(limit)")
            }
        }
        if let swappiness = memory?.swappiness, swappiness > 100 {
            throw wrong("linux.resources.memory.swappiness", "it goes from 0 to 100")
        }
        // Apart, since the tables of a dictionary that is rarely there are then rarely made.
        if !rdma.isEmpty { try checkRDMA() }
        for (index, device) in (blockIO?.weightDevice ?? []).enumerated()
        where device.weight == nil && device.leafWeight == nil {
            throw wrong("linux.resources.blockIO.weightDevice[\(index)]", "neither weight nor leafWeight is given")
        }
        for (name, list) in blockIO?.throttles ?? [] {
            for (index, device) in list.enumerated() {
                try checkDeviceNumber(device.major, "linux.resources.blockIO.\(name)[\(index)].major")
                try checkDeviceNumber(device.minor, "linux.resources.blockIO.\(name)[\(index)].minor")
            }
        }
        for (index, limit) in hugepageLimits.enumerated() where !limit.isKnownSize {
            let title = "linux.resources.hugepageLimits[\(index)].pageSize"
            throw wrong(title, "\"\(limit.pageSize)\" is no size such as 2MB")
        }
        for name in unified.keys {
            let title = "linux.resources.unified.\(name)"
            if name.contains("/") || !name.contains(".") { throw wrong(title, "it is no control file") }
            if let reason = UnifiedFile.obstacle(name) { throw wrong(title, reason) }
        }
    }

    @inline(never)
    private func checkRDMA() throws(LaunchError) {
        for (name, device) in rdma where device.hcaHandles == nil && device.hcaObjects == nil {
            throw wrong("linux.resources.rdma.\(name)", "neither hcaHandles nor hcaObjects is given")
        }
    }
}

extension OCI.RuntimeSpec.HugepageLimit {
    /// Part of the name of a control file, as the kernel has it: `64KB`, `2MB`, `1GB`.
    fileprivate var isKnownSize: Bool {
        let (number, unit) = (pageSize.utf8.dropLast(2), String(pageSize.suffix(2)))
        return ["KB", "MB", "GB"].contains(unit) && !number.isEmpty && number.allSatisfy { (48...57).contains($0) }
    }
}

extension OCI.RuntimeSpec.Memory {
    fileprivate var amounts: [(name: String, bytes: Int64?)] {
        [("limit", limit), ("reservation", reservation), ("swap", swap), ("kernel", kernel), ("kernelTCP", kernelTCP)]
    }
}

extension OCI.RuntimeSpec.BlockIO {
    fileprivate var throttles: [(name: String, list: [OCI.RuntimeSpec.Throttle])] {
        [
            ("throttleReadBpsDevice", throttleReadBpsDevice), ("throttleWriteBpsDevice", throttleWriteBpsDevice),
            ("throttleReadIOPSDevice", throttleReadIOPSDevice), ("throttleWriteIOPSDevice", throttleWriteIOPSDevice),
        ]
    }
}

/// makedev(3) takes 32 bits of each.
private func checkDeviceNumber(_ number: Int64, _ path: String) throws(LaunchError) {
    if UInt32(exactly: number) == nil { throw wrong(path, "\(number) is no device number") }
}

/// The refusal of a value, by its path in the document.
func wrong(_ path: String, _ reason: String) -> LaunchError { LaunchError(.configuration, "\(path): \(reason)") }
