import JSON
import OCI

extension OCI.RuntimeSpec.LinuxPart {
    init(_ node: Node) throws(JSONError) {
        if !node.hasOnly(
            """
            namespaces uidMappings gidMappings timeOffsets devices cgroupsPath resources seccomp sysctl maskedPaths \
            readonlyPaths rootfsPropagation mountLabel personality netDevices
            """)
        {
            self = try node.decode(Self.self)
            return
        }
        self.init(
            uidMappings: try node.mappings("uidMappings"), gidMappings: try node.mappings("gidMappings"),
            cgroupsPath: try node.string("cgroupsPath"), sysctl: try node.table("sysctl"),
            maskedPaths: try node.strings("maskedPaths"), readonlyPaths: try node.strings("readonlyPaths"),
            rootfsPropagation: try node.string("rootfsPropagation"), mountLabel: try node.string("mountLabel"))
        for element in try node.elements("namespaces") { namespaces.append(try OCI.RuntimeSpec.Namespace(element)) }
        for (clock, offset) in try node.members("timeOffsets") {
            timeOffsets[clock] = try offset.decode(OCI.RuntimeSpec.TimeOffset.self)
        }
        for element in try node.elements("devices") { devices.append(try element.decode(OCI.RuntimeSpec.Device.self)) }
        if let part = try node.object("resources") { resources = try OCI.RuntimeSpec.Resources(part) }
        if let part = try node.object("seccomp") { seccomp = try OCI.RuntimeSpec.Seccomp(part) }
        for (name, device) in try node.members("netDevices") {
            netDevices[name] = try device.decode(OCI.RuntimeSpec.NetworkDevice.self)
        }
        if let part = try node.object("personality") { personality = try part.decode(OCI.RuntimeSpec.Personality.self) }
    }
}

extension OCI.RuntimeSpec.Namespace {
    fileprivate init(_ node: Node) throws(JSONError) {
        let name = try node.text("type")
        guard let kind = Kind(rawValue: name) else {
            throw JSONError(path: node.wrong("").path + ".type", reason: "there is no namespace \"\(name)\"")
        }
        self.init(kind, path: try node.string("path"))
    }
}

extension OCI.RuntimeSpec.Resources {
    fileprivate init(_ node: Node) throws(JSONError) {
        if !node.hasOnly("devices memory cpu pids blockIO hugepageLimits rdma unified") {
            self = try node.decode(Self.self)
            return
        }
        self.init(unified: try node.table("unified"))
        for element in try node.elements("devices") { devices.append(try OCI.RuntimeSpec.DeviceRule(element)) }
        if let part = try node.object("memory") { memory = try OCI.RuntimeSpec.Memory(part) }
        if let part = try node.object("cpu") { cpu = try OCI.RuntimeSpec.CPU(part) }
        if let part = try node.object("pids") { pids = .init(limit: try part.int64("limit")) }
        if let part = try node.object("blockIO") { blockIO = try part.decode(OCI.RuntimeSpec.BlockIO.self) }
        for element in try node.elements("hugepageLimits") {
            hugepageLimits.append(try element.decode(OCI.RuntimeSpec.HugepageLimit.self))
        }
        for (name, limit) in try node.members("rdma") { rdma[name] = try limit.decode(OCI.RuntimeSpec.RDMA.self) }
    }
}

extension OCI.RuntimeSpec.Memory {
    fileprivate init(_ node: Node) throws(JSONError) {
        self.init(
            limit: try node.int64("limit"), reservation: try node.int64("reservation"), swap: try node.int64("swap"))
        (kernel, kernelTCP) = (try node.int64("kernel"), try node.int64("kernelTCP"))
        swappiness = try node.uint64("swappiness")
        disableOOMKiller = try node.flag("disableOOMKiller")
        (useHierarchy, checkBeforeUpdate) = (try node.flag("useHierarchy"), try node.flag("checkBeforeUpdate"))
    }
}

extension OCI.RuntimeSpec.CPU {
    fileprivate init(_ node: Node) throws(JSONError) {
        self.init(
            shares: try node.uint64("shares"), quota: try node.int64("quota"), period: try node.uint64("period"),
            cpus: try node.string("cpus"), mems: try node.string("mems"))
        (realtimeRuntime, realtimePeriod) = (try node.int64("realtimeRuntime"), try node.uint64("realtimePeriod"))
        (burst, idle) = (try node.uint64("burst"), try node.int64("idle"))
    }
}

extension OCI.RuntimeSpec.DeviceRule {
    fileprivate init(_ node: Node) throws(JSONError) {
        if !node.hasOnly("allow type major minor access") {
            self = try node.decode(Self.self)
            return
        }
        self.init(
            allow: try node.required("allow", node.flag("allow")), type: try node.string("type"),
            major: try node.int64("major"),
            minor: try node.int64("minor"), access: try node.string("access"))
    }
}

extension OCI.RuntimeSpec.Seccomp {
    fileprivate init(_ node: Node) throws(JSONError) {
        if !node.hasOnly(
            "defaultAction defaultErrnoRet architectures flags listenerPath listenerMetadata syscalls")
        {
            self = try node.decode(Self.self)
            return
        }
        self.init(
            defaultAction: try node.text("defaultAction"), defaultErrnoRet: try node.uint32("defaultErrnoRet"),
            architectures: try node.strings("architectures"), flags: try node.strings("flags"))
        listenerPath = try node.string("listenerPath")
        listenerMetadata = try node.string("listenerMetadata")
        for element in try node.elements("syscalls") {
            var rule = Rule(
                names: try element.strings("names"), action: try element.text("action"),
                errnoRet: try element.uint32("errnoRet"))
            for argument in try element.elements("args") { rule.args.append(try argument.decode(Argument.self)) }
            syscalls.append(rule)
        }
    }
}
