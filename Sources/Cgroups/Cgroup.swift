import Glibc
import Linux

/// One control group across all trees of the hierarchy: `/boxtop/4f1c…`. Just the name of it: nothing is made before
/// `make`, and nothing removed before `remove`.
///
///     let group = try Cgroup("/boxtop/\(id)", in: .discover())
///     try group.make(group.hierarchy.needed(for: limits, gauges: true))
///     try group.apply(limits, replacing: Limits())
///     try group.attach(pid)
package struct Cgroup: Hashable, Sendable {
    package let hierarchy: Hierarchy
    /// As it was given.
    package let path: String
    /// The group's folder in each tree, in the order of `hierarchy.trees`.
    let folders: [String]

    /// Names a group.
    ///
    /// - Parameter path: from the root of each tree with a slash in front; without one, below this process's own group,
    ///   which differs from tree to tree.
    package init(_ path: String, in hierarchy: Hierarchy) throws(CgroupError) {
        let names = path.words("/")
        if names.isEmpty { throw .badPath(path, reason: "it names the root") }
        if names.contains("..") || names.contains(".") { throw .badPath(path, reason: "it contains \".\" or \"..\"") }
        if path.utf8.contains(0) || path.utf8.contains(UInt8(ascii: "\n")) {
            throw .badPath(path, reason: "it contains a control character")
        }
        if names.contains(where: { $0.utf8.count > 255 }) {
            throw .badPath(path, reason: "a name is over 255 bytes long")
        }
        // By hand, as `joined` would search the program for how to do it: 0.03 ms of a start.
        var relative = ""
        for name in names {
            if !relative.isEmpty { relative += "/" }
            relative.append(contentsOf: name)
        }
        self.hierarchy = hierarchy
        self.path = path
        folders = hierarchy.trees.map { tree in
            let above = path.begins(with: "/") || tree.own == "/" ? "" : tree.own
            return "\(tree.mountPoint)\(above)/\(relative)"
        }
    }

    private init(hierarchy: Hierarchy, path: String, folders: [String]) {
        self.hierarchy = hierarchy
        self.path = path
        self.folders = folders
    }

    /// The group that process `pid` is in, tree by tree, by /proc/PID/cgroup; `nil` once it is gone.
    package static func of(process pid: Int32, in hierarchy: Hierarchy, root: String = "/") -> Cgroup? {
        guard let text = try? Files.read("\(root == "/" ? "" : root)/proc/\(pid)/cgroup") else { return nil }
        let groups = OwnGroups(text)
        let paths = hierarchy.trees.map {
            ($0.version == .v2 ? groups.unified : groups.legacy($0.controllers)) ?? "/"
        }
        return Cgroup(
            hierarchy: hierarchy, path: paths.first ?? "/",
            folders: zip(hierarchy.trees, paths).map { $1 == "/" ? $0.mountPoint : $0.mountPoint + $1 })
    }

    /// The group's folders in all trees, each with its tree.
    var directories: [(tree: Hierarchy.Tree, directory: Directory)] {
        zip(hierarchy.trees, folders).map { ($0, Directory(path: $1, version: $0.version)) }
    }

    /// The folder in the tree of `controller`, whether it is there or not.
    func directory(of controller: Controller) -> Directory? {
        directories.first { $0.tree.controllers.contains(controller) }?.directory
    }

    /// The folder in the v2 tree, whether it is there or not.
    var unified: Directory? { directories.first { $0.tree.version == .v2 }?.directory }

    /// The path of the group's folder for `controller`, whether it is there or not. For mounts inside a container.
    package func folder(of controller: Controller) -> String? { directory(of: controller)?.path }

    /// The path of the group's folder in the v2 tree, whether it is there or not.
    package var unifiedFolder: String? { unified?.path }

    /// Whether the group is in any tree.
    package var exists: Bool { directories.contains { $0.directory.exists } }

    /// Makes the group in the v2 tree, where there is one, and in the v1 trees of `controllers` that this host has.
    /// Where it is already, nothing changes. What was made is taken away again if anything fails.
    ///
    /// On v2 the controllers are handed down from the root, from the top, as far as the groups above allow.
    package func make(_ controllers: Controllers) throws(CgroupError) {
        var made: [Directory] = []
        do throws(CgroupError) {
            for (tree, directory) in directories
            where tree.version == .v2 || !tree.controllers.isDisjoint(with: controllers) {
                if directory.exists { continue }
                try makeFolders(directory, in: tree, handingDown: tree.controllers.intersection(controllers))
                made.append(directory)
            }
        } catch {
            for directory in made { rmdir(directory.path) }
            throw error
        }
    }

    /// Which group below this one is meant in a tree: a path that begins with a slash, or nothing for this one itself.
    package typealias Below = (Hierarchy.Tree) -> String

    /// The open folder in the v2 tree, for CLONE_INTO_CGROUP; `nil` where there is no v2 tree.
    package func descriptor(below: Below? = nil) throws(CgroupError) -> FileDescriptor? {
        guard let (tree, unified) = directories.first(where: { $0.tree.version == .v2 }), unified.exists else {
            return nil
        }
        return try cgroupCall { () throws(SystemCallError) in
            try FileDescriptor.open(unified.path + (below?(tree) ?? ""), flags: O_RDONLY | O_DIRECTORY)
        }
    }

    /// The open folder, in the v2 tree, of the group that process `pid` is in, where that is this one or lies below it.
    package func descriptor(around pid: Int32, root: String = "/") -> FileDescriptor? {
        guard let own = unified?.path,
            let inner = Cgroup.of(process: pid, in: hierarchy, root: root)?.unified?.path,
            inner == own || inner.utf8.starts(with: "\(own)/".utf8)
        else { return nil }
        return try? FileDescriptor.open(inner, flags: O_RDONLY | O_DIRECTORY)
    }

    /// The ways into the group, one for each v1 tree that it is made in: a process of one thread that writes `0` to one
    /// of these files moves there. The caller closes them.
    ///
    /// A process that moves itself alone waits for nobody. Whoever moves another, or a process with threads, first
    /// makes the kernel wait until nobody forks or exits: 16 ms where it has not done so for a while.
    ///
    /// - Parameter below: has them lead into a group below this one, which must be there.
    package func entrances(below: Below? = nil) throws(CgroupError) -> [Int32] {
        var numbers: [Int32] = []
        for (tree, directory) in directories where tree.version == .v1 {
            let group = below?(tree) ?? ""
            let file = "\(directory.path)\(group)/\(group.isEmpty ? "tasks" : "cgroup.procs")"
            do throws(SystemCallError) {
                numbers.append(try FileDescriptor.open(file, flags: O_WRONLY).release())
            } catch {
                if error.errno == .noSuchFile, group.isEmpty || !directory.exists { continue }
                for number in numbers { close(number) }
                throw .system(error)
            }
        }
        return numbers
    }

    /// Moves process `pid`, with all its threads, into the group, in every tree that it is made in.
    ///
    /// - Parameter exceptUnified: for a process that was cloned into the v2 group already.
    package func attach(_ pid: Int32, exceptUnified: Bool = false) throws(CgroupError) {
        for (tree, directory) in directories where !(exceptUnified && tree.version == .v2) && directory.exists {
            try cgroupCall { () throws(SystemCallError) in try directory.write(String(pid), to: "cgroup.procs") }
        }
    }

    /// Makes the group in the tree of `controller` and moves all its processes there; on v2, gets it the controller.
    /// For a limit that is set on a running container whose group does not have that controller yet.
    func join(_ controller: Controller) throws(CgroupError) -> Directory {
        guard let directory = directory(of: controller) else {
            throw .missing(controller, remedy: hierarchy.remedy(for: controller))
        }
        if directory.version == .v2 {
            try handDown(controller, to: directory)
            return directory
        }
        if directory.exists { return directory }
        try make([controller])
        // A process may fork between the reading of the list and its own move: again until there is no stranger left.
        // The frozen cannot fork, but a group that is frozen for this alone would be seen to stutter.
        for _ in 0..<100 {
            let there = Set(directory.processes())
            let strangers = processes().filter { !there.contains($0) }
            if strangers.isEmpty { break }
            for pid in strangers {
                do { try directory.write(String(pid), to: "cgroup.procs") } catch {
                    if error.errno != .noSuchProcess { throw .system(error) }
                }
            }
        }
        return directory
    }
}
