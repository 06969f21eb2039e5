import Containers
import Glibc
import Linux
import Records

/// A folder of a build's own, in which what a step writes is kept apart from what is below; gone when this is. After a
/// crash the next `create` sweeps it, by the process in its name.
struct BuildPlace: ~Copyable {
    let path: String

    init(_ layout: Layout) throws(BuildError) {
        path = "\(layout.state)/building/build-\(UInt32.random(in: .min ... .max))-\(getpid())"
        let path = self.path
        do throws(SystemCallError) {
            for name in ["upper", "work", "root", "aside"] { try Files.makeDirectories("\(path)/\(name)") }
        } catch { throw BuildError("\(error)") }
    }

    deinit { try? Files.removeTree(path) }

    var upper: String { "\(path)/upper" }
    /// For files on their way.
    var aside: String { "\(path)/aside" }

    /// The layers `lower` with what is written on top.
    func open(_ lower: [String]) throws(BuildError) -> BuildTarget {
        let (upper, path) = (self.upper, self.path)
        do throws(SystemCallError) {
            return try SubordinateUsers.asRoot { () throws(SystemCallError) in
                if lower.isEmpty { return BuildTarget(root: try .open(upper, flags: O_RDONLY | O_DIRECTORY)) }
                return BuildTarget(
                    root: try JoinedLayers.open(lower, writing: (upper, "\(path)/work"), at: "\(path)/root"))
            }
        } catch {
            throw BuildError(
                error.errno == .notPermitted
                    ? "to build, files are joined by overlayfs, which needs root or user namespaces (boxtop info): \(error)"
                    : "\(error)")
        }
    }
}
