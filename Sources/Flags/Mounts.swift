/// What `-v` asks for.
package struct VolumeFlag: Hashable, Sendable {
    package enum Source: Hashable, Sendable {
        /// A folder or file of the host, as written: perhaps relative.
        case path(String)
        case named(String)
        /// A new volume, removed with the container.
        case anonymous
    }

    package var source: Source
    /// Where it is seen inside; absolute.
    package var destination: String
    package var readOnly = false
    /// What else stood after the second colon: `rprivate`, `noexec` …
    package var options: [String] = []

    package init(source: Source, destination: String) {
        self.source = source
        self.destination = destination
    }
}

/// What `--tmpfs` asks for.
package struct TmpfsFlag: Hashable, Sendable {
    package var destination: String
    /// As mount(8) takes them: `size=67108864`, `mode=1777`, `noexec`.
    package var options: [String]

    package init(destination: String, options: [String]) {
        self.destination = destination
        self.options = options
    }
}

extension Flag {
    /// `SOURCE:DESTINATION[:OPTIONS]`, or a `DESTINATION` alone for a new volume of its own.
    package func volume() throws(FlagError) -> VolumeFlag {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard (1...3).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else {
            throw refused("write SOURCE:DESTINATION or SOURCE:DESTINATION:ro, as in \(name) ./data:/data:ro")
        }
        let destination = try absolute(parts.count == 1 ? parts[0] : parts[1])
        var flag = VolumeFlag(source: .anonymous, destination: destination)
        if parts.count > 1 {
            flag.source = parts[0].contains("/") || parts[0].hasPrefix(".") ? .path(parts[0]) : try named(parts[0])
        }
        guard parts.count == 3 else { return flag }
        for option in parts[2].split(separator: ",").map(String.init) {
            switch option {
            case "ro", "readonly": flag.readOnly = true
            case "rw": flag.readOnly = false
            // Labels of SELinux, which means nothing here: what is mounted is the container's either way.
            case "z", "Z", "nocopy", "copy", "cached", "delegated", "consistent": continue
            case "noexec", "exec", "nosuid", "suid", "nodev", "dev", "noatime", "private", "rprivate", "shared",
                "rshared", "slave", "rslave", "bind", "rbind", "idmap", "noidmap":
                flag.options.append(option)
            default:
                throw refused("\(option) is no option of a volume; ro, rw, noexec, nosuid, nodev and rprivate are some")
            }
        }
        return flag
    }

    private func named(_ text: String) throws(FlagError) -> VolumeFlag.Source {
        guard isName(text) else {
            throw refused("\(text) is no name of a volume; for a folder of the host, write ./\(text) or a whole path")
        }
        return .named(text)
    }

    /// `PATH[:OPTIONS]`, as in `/run:size=64m,mode=1777`.
    package func tmpfs() throws(FlagError) -> TmpfsFlag {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let destination = try absolute(parts[0])
        var options: [String] = []
        for option in parts.count == 2 ? parts[1].split(separator: ",").map(String.init) : [] {
            if option.hasPrefix("size="), !option.hasSuffix("%") {
                options.append("size=\(try Flag(name, String(option.dropFirst(5))).size(atLeast: 4096))")
            } else {
                options.append(option)
            }
        }
        return TmpfsFlag(destination: destination, options: options)
    }

    /// An absolute path without `.` and `..`, and not `/` itself.
    private func absolute(_ path: String) throws(FlagError) -> String {
        guard path.hasPrefix("/") else { throw refused("\(path) must be a whole path, as in \(name) ./data:/data") }
        let steps = path.split(separator: "/")
        guard !steps.isEmpty else { throw refused("cannot be / itself; name a folder, as in \(name) ./data:/data") }
        guard !steps.contains(where: { $0 == "." || $0 == ".." }) else {
            throw refused("\(path) must be without . and .., as in \(name) ./data:/data")
        }
        return "/" + steps.joined(separator: "/")
    }
}
