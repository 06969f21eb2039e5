import Linux

/// One value for one control file: what a config.json asks for beyond `Limits`, or in the kernel's own words.
package struct Setting: Hashable, Sendable {
    /// What to call it in a message, such as `linux.resources.cpu.burst`.
    package var title: String
    /// `nil`: a file of every v2 group, such as `cgroup.max.depth`.
    package var controller: Controller?
    /// The file on v1, and on v2: of several the first that the kernel has. Empty: that version has no such thing.
    package var legacy: [File]
    package var unified: [File]
    /// A kernel that has none of the files is no failure.
    package var isOptional: Bool

    package struct File: Hashable, Sendable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: some CustomStringConvertible) {
            self.name = name
            self.value = value.description
        }
    }

    package init(
        _ title: String, _ controller: Controller?, legacy: [File] = [], unified: [File] = [], isOptional: Bool = false
    ) {
        self.title = title
        self.controller = controller
        self.legacy = legacy
        self.unified = unified
        self.isOptional = isOptional
    }
}

extension Cgroup {
    /// Writes `setting` where this host has its controller, which the group gets if it has not got it yet.
    package func write(_ setting: Setting) throws(CgroupError) {
        let directory = try directory(for: setting)
        let files = directory.version == .v1 ? setting.legacy : setting.unified
        if files.isEmpty {
            if setting.isOptional { return }
            let version = directory.version == .v1 ? "v1" : "v2"
            throw .limitRefused(
                limit: setting.title, reason: "invalid configuration: cgroup \(version) has nothing like it")
        }
        if files.contains(where: { $0.name.utf8.contains(UInt8(ascii: "/")) }) {
            throw .limitRefused(limit: setting.title, reason: "it is no name of a control file")
        }
        guard let file = files.first(where: { directory.has($0.name) }) else {
            if setting.isOptional { return }
            throw .limitRefused(limit: setting.title, reason: "this kernel has no \(directory.path)/\(files[0].name)")
        }
        // A file takes one device at a time.
        for line in file.value.split(separator: "\n") {
            try directory.limit(setting.title, String(line), to: file.name)
        }
    }

    private func directory(for setting: Setting) throws(CgroupError) -> Directory {
        if let controller = setting.controller { return try join(controller) }
        guard let unified else {
            throw .limitRefused(limit: setting.title, reason: "this host has no cgroup v2")
        }
        return unified
    }

    /// What the kernel has now in `file` of `controller`; `nil` where it has none.
    package func text(_ file: String, of controller: Controller) -> String? { directory(of: controller)?.text(file) }
}
