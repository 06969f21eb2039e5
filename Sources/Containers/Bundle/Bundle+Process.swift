import OCI

extension Bundle {
    func process() throws(ContainerError) -> RuntimeSpec.Process {
        var process = RuntimeSpec.Process(args: try arguments())
        process.terminal = new.terminal
        process.user = .init(uid: account.uid, gid: account.gid, additionalGids: account.groups)
        process.env = variables()
        process.cwd = try workdir()
        process.capabilities = try capabilities()
        process.rlimits = new.ulimits.map {
            .init(type: "RLIMIT_\($0.name.uppercased())", hard: $0.hard, soft: $0.soft)
        }
        process.noNewPrivileges = noNewPrivileges
        process.oomScoreAdj = new.oomScoreAdjustment
        for case .apparmor(let profile) in new.security where profile != "unconfined" {
            process.apparmorProfile = profile
        }
        return process
    }

    /// Root's capabilities; a user other than root keeps none but the bounding set, as exec(2) would have it.
    private func capabilities() throws(ContainerError) -> RuntimeSpec.Capabilities {
        let available = CapabilitySet.available(
            ownUsers: hasOwnUsers, lastCapability: facts.lastCapability, bounding: facts.boundingCapabilities)
        let names = try CapabilitySet.resolve(
            added: new.addedCapabilities, dropped: new.droppedCapabilities, privileged: new.privileged,
            available: available)
        return account.uid == 0 ? RuntimeSpec.Capabilities(names) : RuntimeSpec.Capabilities(bounding: names)
    }

    /// On unless the container is privileged or says otherwise.
    private var noNewPrivileges: Bool {
        for case .noNewPrivileges(let on) in new.security.reversed() { return on }
        return !new.privileged
    }

    /// What programs expect, then the image's own, then the person's; the last of a name counts, in its first place.
    private func variables() -> [String] {
        var list = Variables()
        list.set("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
        if new.uts == .own { list.set("HOSTNAME", hostname) }
        if new.terminal { list.set("TERM", environment["TERM"] ?? "xterm") }
        list.set("HOME", account.home)
        list.set(base.defaults.environment, from: [:])
        if new.saysReady { list.set("NOTIFY_SOCKET", "\(NotifyFolder.inside)/\(NotifyFolder.socket)") }
        list.set(new.environment, from: environment)
        return list.lines
    }

    private func workdir() throws(ContainerError) -> String {
        // An image's may lack the slash.
        let folder = new.workdir ?? "/\(base.defaults.workdir)"
        if folder.isEmpty { return "/" }
        guard folder.hasPrefix("/") else {
            throw ContainerError(.invalid, "the working directory “\(folder)” is not absolute: let it start with /")
        }
        return Paths.normal(folder)
    }
}

/// An environment in the making: an ordered list in which a name stands once.
struct Variables {
    private(set) var lines: [String] = []

    mutating func set(_ name: String, _ value: String) {
        let line = "\(name)=\(value)"
        if let index = lines.firstIndex(where: { $0.hasPrefix("\(name)=") }) {
            lines[index] = line
        } else {
            lines.append(line)
        }
    }

    /// Each of `settings` is `NAME=VALUE`, or `NAME` for what `environment` has, if anything.
    mutating func set(_ settings: [String], from environment: [String: String]) {
        for setting in settings {
            if let equals = setting.firstIndex(of: "=") {
                let name = String(setting[..<equals])
                if !name.isEmpty { set(name, String(setting[setting.index(after: equals)...])) }
            } else if let value = environment[setting] {
                set(setting, value)
            }
        }
    }
}
