import Glibc
import Linux

extension Cgroup {
    /// Makes `directory` and those above it in `tree`. Each new v1 cpuset gets the cores and memory nodes of the one
    /// above: without, no process can join. On v2 each group above hands the controllers down.
    func makeFolders(
        _ directory: Directory, in tree: Hierarchy.Tree, handingDown controllers: Controllers
    ) throws(CgroupError) {
        var above = Directory(path: tree.mountPoint, version: tree.version)
        for name in Self.names(of: directory, in: tree) {
            if tree.version == .v2 { handDown(controllers, from: above) }
            let next = Directory(path: "\(above.path)/\(name)", version: tree.version)
            do {
                try systemCall("make control group", next.path) { mkdir(next.path, 0o755) }
            } catch {
                if error.errno != .exists { throw .system(error) }
            }
            if tree.version == .v1, tree.controllers.contains(.cpuset) {
                do throws(SystemCallError) { try CPUSet.inherit(into: next, from: above) } catch {
                    throw .system(error)
                }
            }
            above = next
        }
    }

    /// The groups from the root of `tree` down to `directory`.
    private static func names(of directory: Directory, in tree: Hierarchy.Tree) -> [String] {
        String(decoding: directory.path.utf8.dropFirst(tree.mountPoint.utf8.count), as: UTF8.self).words("/")
    }

    /// Gets a group that is made the controller that it was made without, from the top.
    func handDown(_ controller: Controller, to directory: Directory) throws(CgroupError) {
        func has(_ directory: Directory) -> Bool {
            (directory.text("cgroup.controllers") ?? "").split(separator: " ").contains { $0 == controller.rawValue }
        }
        if has(directory) { return }
        guard let tree = hierarchy.tree(of: controller) else { return }
        var above = Directory(path: tree.mountPoint, version: tree.version)
        for name in Self.names(of: directory, in: tree) {
            handDown([controller], from: above)
            let next = Directory(path: "\(above.path)/\(name)", version: tree.version)
            if !has(next) {
                throw .missing(
                    controller,
                    remedy: "\(above.path) does not hand it down to \(name): it holds processes itself, was not "
                        + "delegated to you, or \(next.path) is not made")
            }
            above = next
        }
    }

    /// Lets the groups below `directory` have `controllers`, those that it can. What cannot be handed down (a group
    /// above holds processes, or was not delegated) is found missing when a limit is set or a gauge read.
    private func handDown(_ controllers: Controllers, from directory: Directory) {
        if controllers.isEmpty { return }
        let file = "cgroup.subtree_control"
        func names(_ text: String?) -> Set<String> { Set((text ?? "").split(separator: " ").map(String.init)) }
        let wanted = Set(controllers.map(\.rawValue)).intersection(names(directory.text("cgroup.controllers")))
        let absent = wanted.subtracting(names(directory.text(file))).sorted()
        if absent.isEmpty { return }
        // All at once; where one of them is refused the kernel takes none, so then one by one.
        if (try? directory.write(absent.map { "+\($0)" }.joined(separator: " "), to: file)) != nil { return }
        for name in absent { try? directory.write("+\(name)", to: file) }
    }
}
