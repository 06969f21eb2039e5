import Linux

extension Hierarchy {
    /// Looks at the host below `root`: `/proc/self/mountinfo`, `/proc/self/cgroup` and the v2 tree's
    /// `cgroup.controllers`. `root` is another folder than `/` in tests alone. A host without cgroups has no trees.
    package static func discover(root: String = "/") -> Hierarchy {
        let root = root == "/" ? "" : root
        let mounts = CgroupMount.visible(in: (try? Files.read("\(root)/proc/self/mountinfo")) ?? [])
        let own = OwnGroups((try? Files.read("\(root)/proc/self/cgroup")) ?? [])
        var trees: [Tree] = []
        // A tree that is mounted twice is used where it is seen from its root.
        for seenFromRoot in [true, false] {
            for mount in mounts where (mount.root == "/") == seenFromRoot {
                if mount.version == .v1 && mount.controllers.isEmpty { continue }  // named trees, such as name=systemd
                let controllers =
                    mount.version == .v1 ? mount.controllers : offered("\(root)\(mount.point)/cgroup.controllers")
                if trees.contains(where: { $0.version == mount.version && $0.controllers == controllers }) { continue }
                let path = mount.version == .v2 ? own.unified : own.legacy(controllers)
                trees.append(
                    Tree(
                        version: mount.version, mountPoint: "\(root)\(mount.point)", controllers: controllers,
                        own: mount.seen(path ?? "/")))
            }
        }
        return Hierarchy(trees: trees, root: root)
    }

    /// The controllers in a `cgroup.controllers`.
    private static func offered(_ path: String) -> Controllers {
        var controllers: Controllers = []
        for word in Words((try? Files.read(path)) ?? [], separators: " \n") {
            if let controller = Controller(rawValue: String(decoding: word, as: UTF8.self)) {
                controllers.insert(controller)
            }
        }
        return controllers
    }
}

/// A line of /proc/PID/mountinfo that is about cgroups. See proc_pid_mountinfo(5).
private struct CgroupMount {
    let root: String
    let point: String
    let version: Hierarchy.Version
    /// Of v1: v2 has them in a file.
    var controllers: Controllers = []

    /// Those that no later mount covers: a private view of /sys/fs/cgroup leaves the old trees listed, but not there.
    static func visible(in text: [UInt8]) -> [CgroupMount] {
        var mounts: [CgroupMount] = []
        for line in Words(text, separators: "\n") {
            var fields = Words(line, separators: " ")
            for _ in 0..<3 { _ = fields.next() }
            guard let root = fields.next(), let point = fields.next() else { continue }
            if !mounts.isEmpty {
                let place = MountInfo.unescaped(point)
                mounts.removeAll { $0.lies(under: place) }
            }
            if let mount = CgroupMount(root, point, fields) { mounts.append(mount) }
        }
        return mounts
    }

    /// - Parameter fields: those after the mount point.
    private init?(_ root: ArraySlice<UInt8>, _ point: ArraySlice<UInt8>, _ fields: Words) {
        var fields = fields
        // Optional fields, as many as there are, end with a dash.
        while let field = fields.next() {
            if field.count == 1 && field.first == UInt8(ascii: "-") { break }
        }
        guard let type = fields.next(), type.starts(with: "cgroup".utf8) else { return nil }
        if type.count == 7 && type.last == UInt8(ascii: "2") {
            version = .v2
        } else if type.count == 6, fields.next() != nil, let options = fields.next() {
            version = .v1
            for word in Words(options, separators: ",") {
                let name = String(decoding: word, as: UTF8.self)
                if let controller = Controller(legacyName: name) { controllers.insert(controller) }
            }
        } else {
            return nil
        }
        self.root = MountInfo.unescaped(root)
        self.point = MountInfo.unescaped(point)
    }

    private func lies(under place: String) -> Bool {
        guard point.utf8.starts(with: place.utf8) else { return false }
        return place == "/" || point.utf8.count == place.utf8.count
            || point.utf8.dropFirst(place.utf8.count).first == UInt8(ascii: "/")
    }

    /// `path`, which is from the tree's root, as seen from the mount point.
    func seen(_ path: String) -> String {
        if root == "/" { return path.begins(with: "/..") ? "/" : path }
        guard path.hasPrefix(root) else { return "/" }
        let rest = path.dropFirst(root.count)
        return rest.isEmpty ? "/" : String(rest)
    }
}

/// /proc/PID/cgroup: a process's group in each tree, each from the tree's root. See cgroups(7).
struct OwnGroups {
    private(set) var unified: String?
    private var byController: [(controller: Controller, path: String)] = []

    init(_ text: [UInt8]) {
        for line in Words(text, separators: "\n") {
            // The path may hold colons itself.
            guard let first = line.firstIndex(of: UInt8(ascii: ":")),
                let second = line[(first + 1)...].firstIndex(of: UInt8(ascii: ":"))
            else { continue }
            let path = String(decoding: line[(second + 1)...], as: UTF8.self)
            if first == line.startIndex + 1 && line.first == UInt8(ascii: "0") { unified = path }
            for name in Words(line[(first + 1)..<second], separators: ",") {
                if let controller = Controller(legacyName: String(decoding: name, as: UTF8.self)) {
                    byController.append((controller, path))
                }
            }
        }
    }

    func legacy(_ controllers: Controllers) -> String? {
        byController.first { controllers.contains($0.controller) }?.path
    }
}
