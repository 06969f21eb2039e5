extension Parse {
    /// `[SOURCE:]DESTINATION[:OPTIONS]`, as `--volume` takes it. A source with a slash in front is a folder of the
    /// host, any other the name of a volume. Options: `ro`, `rw`, `nocopy`, `noidmap`, a propagation; `z`, `Z`, `U`,
    /// `cached`, `delegated`, `consistent` are taken and have no effect here.
    package static func volume(_ text: String, relativeTo folder: String = "/") throws(ContainerError) -> VolumeRequest
    {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let form = "“\(text)” is not a volume: [FOLDER|NAME:]/PATH[:ro]"
        guard (1...3).contains(parts.count), !parts.contains("") else { throw ContainerError(.invalid, form) }
        let destination = parts.count == 1 ? parts[0] : parts[1]
        guard destination.hasPrefix("/"), destination != "/" else {
            throw ContainerError(.invalid, "\(form), where PATH is absolute and not / itself")
        }
        let source: VolumeRequest.Source
        if parts.count == 1 {
            source = .anonymous
        } else if parts[0].hasPrefix("/") {
            source = .path(parts[0], create: true)
        } else if parts[0].hasPrefix("./") || parts[0].hasPrefix("../") || parts[0] == "." || parts[0] == ".." {
            source = .path(Paths.join(folder, parts[0]), create: true)
        } else {
            guard ContainerName.isValid(parts[0]) else {
                throw ContainerError(
                    .invalid,
                    "“\(parts[0])” is no name for a volume: \(ContainerName.form); a folder starts with /")
            }
            source = .named(parts[0])
        }
        var request = VolumeRequest(source, at: Paths.normal(destination))
        let options = parts.count == 3 ? parts[2].split(separator: ",") : []
        if options.contains("rw"), options.contains("ro") || options.contains("readonly") {
            throw ContainerError(.invalid, "ro and rw exclude each other (in “\(text)”)")
        }
        for option in options {
            switch option {
            case "ro", "readonly": request.readOnly = true
            case "rw": request.readOnly = false
            case "bind": request.recursive = false
            case "rbind": request.recursive = true
            case "nocopy": request.copy = false
            case "noidmap": request.mapIDs = false
            case "idmap": request.mapIDs = true
            case "private", "rprivate", "slave", "rslave", "shared", "rshared": request.propagation = String(option)
            case "z", "Z", "U", "cached", "delegated", "consistent", "copy": break
            default: throw ContainerError(.invalid, "“\(option)” is no option of a volume (in “\(text)”): try ro")
            }
        }
        return request
    }

    /// `type=bind,source=/a,target=/b,readonly`, as `--mount` takes it: a line of CSV, where `"source=/a,b"` holds a comma.
    /// A missing folder is an error here. `consistency` is taken and has no effect on Linux.
    package static func mount(_ text: String, relativeTo folder: String = "/") throws(ContainerError) -> MountRequest {
        var values: [String: String] = [:]
        func refused(_ what: String) -> ContainerError {
            ContainerError(.invalid, "\(what) (in --mount “\(text)”): type=bind|volume|tmpfs,source=…,target=/PATH")
        }
        guard let parts = CommaSeparated.fields(of: text) else {
            throw refused("a quote is not where a field begins or ends")
        }
        for part in parts where !part.isEmpty {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let key =
                switch String(sides[0]) {
                case "src": "source"
                case "dst", "destination": "target"
                case "ro": "readonly"
                case let other: other
                }
            values[key] = sides.count == 2 ? String(sides[1]) : "true"
        }
        guard let target = values["target"], target.hasPrefix("/"), target != "/" else {
            throw refused("a mount needs a target, an absolute path")
        }
        let known: Set<String> = [
            "type", "source", "target", "readonly", "bind-propagation", "volume-nocopy", "tmpfs-size", "tmpfs-mode",
            "noidmap", "consistency", "volume-driver",
        ]
        if let unknown = values.keys.sorted().first(where: { !known.contains($0) }) {
            throw refused("“\(unknown)” is not known")
        }
        if let wish = values["consistency"], !["default", "consistent", "cached", "delegated"].contains(wish) {
            throw refused("“\(wish)” is no consistency")
        }
        if let driver = values["volume-driver"], driver != "local" {
            throw refused("there is no driver “\(driver)” of volumes: they are local")
        }
        let readOnly = values["readonly"].map { $0 != "false" && $0 != "0" } ?? false
        let source: VolumeRequest.Source
        switch values["type"] ?? "volume" {
        case "tmpfs":
            var options = readOnly ? ["ro"] : []
            if let size = values["tmpfs-size"] { options.append("size=\(try bytes(size))") }
            if let mode = values["tmpfs-mode"] { options.append("mode=\(mode)") }
            return .tmpfs(TmpfsRequest(at: Paths.normal(target), options: options))
        case "bind":
            guard let path = values["source"], !path.isEmpty else { throw refused("a bind mount needs a source") }
            source = .path(Paths.join(folder, path), create: false)
        case "volume":
            guard let name = values["source"] else {
                source = .anonymous
                break
            }
            guard ContainerName.isValid(name) else {
                throw ContainerError(.invalid, "“\(name)” is no name for a volume (in --mount): \(ContainerName.form)")
            }
            source = .named(name)
        case let other: throw refused("there is no mount of type “\(other)”")
        }
        return .volume(
            VolumeRequest(
                source, at: Paths.normal(target), readOnly: readOnly, copy: values["volume-nocopy"] == nil,
                propagation: values["bind-propagation"], mapIDs: values["noidmap"] == nil))
    }

    /// `/PATH[:OPTIONS]`, as `--tmpfs` takes it.
    package static func tmpfs(_ text: String) throws(ContainerError) -> TmpfsRequest {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard let path = parts.first, path.hasPrefix("/"), path != "/" else {
            throw ContainerError(.invalid, "“\(text)” is not a tmpfs: /PATH[:size=64m,mode=1777]")
        }
        let options = parts.count == 2 ? parts[1].split(separator: ",").map(String.init) : []
        return TmpfsRequest(at: Paths.normal(String(path)), options: try tmpfs(options: options))
    }

    /// The kernel would take a size that overflows for another one. A share of memory it reads itself.
    static func tmpfs(options: [String]) throws(ContainerError) -> [String] {
        try options.map { option throws(ContainerError) in
            let key = option.prefix { $0 != "=" }
            let isKnown =
                key.count < option.count
                ? tmpfsKeys.contains(String(key))
                : !otherMounts.contains(option) && !tmpfsKeys.contains(option)
            guard isKnown else { throw ContainerError(.invalid, "“\(option)” is no option of a tmpfs: see tmpfs(5)") }
            guard key == "size", !option.hasSuffix("%") else { return option }
            return "size=\(try bytes(String(option.dropFirst("size=".count))))"
        }
    }

    /// Those that have a value, by tmpfs(5).
    private static let tmpfsKeys: Set<String> = [
        "size", "nr_blocks", "nr_inodes", "mode", "uid", "gid", "huge", "mpol", "usrquota_block_hardlimit",
        "usrquota_inode_hardlimit", "grpquota_block_hardlimit", "grpquota_inode_hardlimit", "context", "fscontext",
        "defcontext", "rootcontext",
    ]
    /// Options of a mount that make no new one.
    private static let otherMounts: Set<String> = ["bind", "rbind", "remount", "idmap", "ridmap"]

    /// `/dev/host[:/dev/inside][:rwm]`.
    package static func device(_ text: String) throws(ContainerError) -> DeviceRequest {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let form = "“\(text)” is not a device: /dev/NAME[:/dev/INSIDE][:rwm]"
        func isAccess(_ part: String) -> Bool { !part.isEmpty && part.allSatisfy { "rwm".contains($0) } }
        guard (1...3).contains(parts.count), parts[0].hasPrefix("/") else { throw ContainerError(.invalid, form) }
        var request = DeviceRequest(parts[0])
        for part in parts.dropFirst() {
            if isAccess(part) {
                request.access = part
            } else if part.hasPrefix("/") {
                request.destination = Paths.normal(part)
            } else {
                throw ContainerError(.invalid, form)
            }
        }
        return request
    }

    /// `/dev/sda:1mb` for rates in bytes, `/dev/sda:100` for rates in operations.
    package static func deviceRate(
        _ text: String, _ kind: DeviceRateRequest.Kind
    ) throws(ContainerError) -> DeviceRateRequest {
        guard let colon = text.lastIndex(of: ":"), text.hasPrefix("/") else {
            throw ContainerError(.invalid, "“\(text)” is not a rate of a device: /dev/NAME:RATE")
        }
        let (path, amount) = (String(text[..<colon]), String(text[text.index(after: colon)...]))
        switch kind {
        case .readBytes, .writeBytes: return DeviceRateRequest(kind, path: path, rate: try bytes(amount))
        case .readOperations, .writeOperations:
            guard let rate = UInt64(amount) else {
                throw ContainerError(.invalid, "“\(amount)” is not a number of operations a second (in “\(text)”)")
            }
            return DeviceRateRequest(kind, path: path, rate: rate)
        }
    }

    /// `no-new-privileges[=BOOL]`, `seccomp=unconfined|FILE`, `apparmor=PROFILE`, `unmask=ALL`; docker's colon as well.
    /// `nil` for `label=disable`, which always holds: no container has a label of SELinux here.
    package static func security(_ text: String) throws(ContainerError) -> SecurityOption? {
        let cut = text.firstIndex { $0 == "=" || $0 == ":" }
        let key = cut.map { String(text[..<$0]) } ?? text
        let value = cut.map { String(text[text.index(after: $0)...]) } ?? ""
        switch (key, value) {
        case ("no-new-privileges", ""), ("no-new-privileges", "true"): return .noNewPrivileges(true)
        case ("no-new-privileges", "false"): return .noNewPrivileges(false)
        case ("seccomp", "unconfined"): return .seccompUnconfined
        case ("seccomp", let path) where !path.isEmpty: return .seccompProfile(path)
        case ("apparmor", let profile) where !profile.isEmpty: return .apparmor(profile)
        case ("unmask", "ALL"), ("unmask", "all"), ("systempaths", "unconfined"): return .unmaskAll
        case ("label", "disable"): return nil
        default:
            throw ContainerError(
                .invalid,
                "“\(text)” is no security option: no-new-privileges[=false], seccomp=unconfined|FILE, "
                    + "apparmor=PROFILE, unmask=ALL or label=disable")
        }
    }
}

/// What `--mount` may ask for.
package enum MountRequest: Hashable, Sendable {
    case volume(VolumeRequest)
    case tmpfs(TmpfsRequest)
}
