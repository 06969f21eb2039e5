import JSON
import OCI
import Records

extension RuntimeSpec {
    /// The JSON of it: by hand where it is one that boxtop makes, by Codable where there is more in it.
    func text() throws(JSONError) -> [UInt8] {
        isUsual ? JSONText.object(write) : try JSON.encode(self)
    }

    /// Whether all of it is what `write` writes: it is the same without everything else.
    private var isUsual: Bool {
        guard let process, let linux else { return false }
        var usual = RuntimeSpec(
            ociVersion: ociVersion,
            process: Process(
                terminal: process.terminal, user: process.user, args: process.args, env: process.env, cwd: process.cwd,
                capabilities: process.capabilities, rlimits: process.rlimits,
                noNewPrivileges: process.noNewPrivileges, oomScoreAdj: process.oomScoreAdj),
            root: root, hostname: hostname, domainname: domainname, mounts: mounts, hooks: hooks,
            annotations: annotations,
            linux: LinuxPart(
                namespaces: linux.namespaces, uidMappings: linux.uidMappings, gidMappings: linux.gidMappings,
                cgroupsPath: linux.cgroupsPath, sysctl: linux.sysctl, maskedPaths: linux.maskedPaths,
                readonlyPaths: linux.readonlyPaths, rootfsPropagation: linux.rootfsPropagation))
        usual.linux?.resources = linux.resources.map { Resources(devices: $0.devices) }
        usual.linux?.seccomp = linux.seccomp.map {
            Seccomp(
                defaultAction: $0.defaultAction, defaultErrnoRet: $0.defaultErrnoRet,
                architectures: $0.architectures, flags: $0.flags, syscalls: $0.syscalls)
        }
        return usual == self
    }

    private func write(_ text: inout JSONText) {
        text.string("ociVersion", ociVersion)
        if let process { text.object("process", process.write) }
        if let root {
            text.object("root") {
                $0.string("path", root.path)
                $0.bool("readonly", root.readonly)
            }
        }
        text.string("hostname", hostname)
        text.string("domainname", domainname)
        text.objects("mounts", mounts) { text, mount in
            text.string("destination", mount.destination)
            text.string("type", mount.type)
            text.string("source", mount.source)
            text.strings("options", mount.options)
            text.objects("uidMappings", mount.uidMappings, Self.write)
            text.objects("gidMappings", mount.gidMappings, Self.write)
        }
        if let hooks { text.object("hooks", hooks.write) }
        text.table("annotations", annotations)
        if let linux { text.object("linux", linux.write) }
    }

    fileprivate static func write(_ text: inout JSONText, _ mapping: IDMapping) {
        text.number("containerID", mapping.containerID)
        text.number("hostID", mapping.hostID)
        text.number("size", mapping.size)
    }
}

extension RuntimeSpec.Process {
    fileprivate func write(_ text: inout JSONText) {
        text.bool("terminal", terminal)
        text.object("user") {
            $0.number("uid", user.uid)
            $0.number("gid", user.gid)
            $0.number("umask", user.umask)
            $0.numbers("additionalGids", user.additionalGids)
        }
        text.strings("args", args)
        text.strings("env", env)
        text.string("cwd", cwd)
        if let capabilities {
            text.object("capabilities") {
                $0.strings("bounding", capabilities.bounding)
                $0.strings("effective", capabilities.effective)
                $0.strings("inheritable", capabilities.inheritable)
                $0.strings("permitted", capabilities.permitted)
                $0.strings("ambient", capabilities.ambient)
            }
        }
        text.objects("rlimits", rlimits) { text, limit in
            text.string("type", limit.type)
            text.number("hard", limit.hard)
            text.number("soft", limit.soft)
        }
        text.bool("noNewPrivileges", noNewPrivileges)
        text.number("oomScoreAdj", oomScoreAdj.map { Int64($0) })
    }
}

extension RuntimeSpec.Hooks {
    fileprivate func write(_ text: inout JSONText) {
        let all: [(StaticString, [RuntimeSpec.Hook])] = [
            ("prestart", prestart), ("createRuntime", createRuntime), ("createContainer", createContainer),
            ("startContainer", startContainer), ("poststart", poststart), ("poststop", poststop),
        ]
        for (name, hooks) in all {
            text.objects(name, hooks) { text, hook in hook.write(&text) }
        }
    }
}

extension RuntimeSpec.LinuxPart {
    fileprivate func write(_ text: inout JSONText) {
        text.objects("namespaces", namespaces) { text, namespace in
            text.string("type", namespace.type.rawValue)
            text.string("path", namespace.path)
        }
        text.objects("uidMappings", uidMappings, RuntimeSpec.write)
        text.objects("gidMappings", gidMappings, RuntimeSpec.write)
        text.table("timeOffsets", [:])
        text.objects("devices", devices) { _, _ in }
        text.string("cgroupsPath", cgroupsPath)
        if let resources { text.object("resources", resources.write) }
        if let seccomp { text.object("seccomp", seccomp.write) }
        text.table("sysctl", sysctl)
        text.strings("maskedPaths", maskedPaths)
        text.strings("readonlyPaths", readonlyPaths)
        text.string("rootfsPropagation", rootfsPropagation)
        text.table("netDevices", [:])
    }
}

extension RuntimeSpec.Resources {
    fileprivate func write(_ text: inout JSONText) {
        text.objects("devices", devices) { text, rule in
            text.bool("allow", rule.allow)
            text.string("type", rule.type)
            text.number("major", rule.major)
            text.number("minor", rule.minor)
            text.string("access", rule.access)
        }
        text.strings("hugepageLimits", [])
        text.table("rdma", [:])
        text.table("unified", [:])
    }
}

extension RuntimeSpec.Seccomp {
    fileprivate func write(_ text: inout JSONText) {
        text.string("defaultAction", defaultAction)
        text.number("defaultErrnoRet", defaultErrnoRet)
        text.strings("architectures", architectures)
        text.strings("flags", flags)
        text.objects("syscalls", syscalls) { text, rule in
            text.strings("names", rule.names)
            text.string("action", rule.action)
            text.number("errnoRet", rule.errnoRet)
            text.objects("args", rule.args) { text, argument in
                text.number("index", argument.index)
                text.number("value", argument.value)
                text.number("valueTwo", argument.valueTwo)
                text.string("op", argument.op)
            }
        }
    }
}
