import CLinux
import Glibc
import Linux
import OCI

/// Places in a container that does not run, as they will be once it runs: in its layers, and in what is mounted over them
/// then. Which mount a place lies in is asked when no symbolic link is left in its path: /var/run may be /run.
struct RestingPlaces {
    /// A file or folder of the host, and where it will be.
    struct Mounted {
        let place: String
        let mount: RuntimeSpec.Mount
    }

    struct Found {
        /// Without symbolic links but the last part, where that is not to be followed.
        let place: String
        /// What it lies in, or is; `nil` for the layers.
        let mount: Mounted?
        /// What is mounted below it.
        let inside: [Mounted]
        /// The way to it leads through a mount.
        let isCrossed: Bool
    }

    private let root: LayeredRoot
    private var mounts: [Mounted] = []

    init(_ root: LayeredRoot, _ mounts: [RuntimeSpec.Mount]) throws(SystemCallError) {
        self.root = root
        for mount in mounts where mount.type == "bind" || mount.type == nil {
            self.mounts.append(Mounted(place: try find(mount.destination, follow: true).place, mount: mount))
        }
    }

    /// - Parameter follow: the last part stands for what it leads to, where it is a symbolic link.
    func find(_ path: String, follow: Bool) throws(SystemCallError) -> Found {
        var rest = Array(path.words("/").reversed())
        var here: [String] = []
        var isCrossed = false
        var links = 0
        while let name = rest.popLast() {
            isCrossed = isCrossed || mount(over: Self.path(here)) != nil
            if name == "." { continue }
            if name == ".." {
                _ = here.popLast()
                continue
            }
            here.append(name)
            guard follow || !rest.isEmpty, let target = try link(at: here) else { continue }
            links += 1
            if links > 40 { throw SystemCallError("follow", path, errno: .loop) }
            if target.utf8.first == UInt8(ascii: "/") { here = [] } else { here.removeLast() }
            rest += target.words("/").reversed()
        }
        let place = Self.path(here)
        return Found(
            place: place, mount: mount(over: place),
            inside: mounts.filter { $0.place != place && Self.lies($0.place, in: place) }, isCrossed: isCrossed)
    }

    /// What `place` will be in: of several, the one that is mounted last.
    private func mount(over place: String) -> Mounted? { mounts.last { Self.lies(place, in: $0.place) } }

    /// Where the symbolic link at a place leads; `nil` for what is none.
    private func link(at parts: [String]) throws(SystemCallError) -> String? {
        let (folder, name) = (Self.path(parts.dropLast()), Array((parts.last ?? "").utf8))
        let place = Self.path(parts)
        guard let mounted = mount(over: place) else {
            guard let folder = try root.find(folder), folder.isDirectory,
                case .link(let target, _)? = try root.entry(name, in: folder)
            else { return nil }
            return String(decoding: target, as: UTF8.self)
        }
        // What is mounted there is no link, whatever it covers.
        if place == mounted.place { return nil }
        guard
            let source = try? FileDescriptor.open(mounted.mount.source ?? "", flags: O_RDONLY | O_DIRECTORY),
            let folder = try? source.open(
                inRoot: Self.rest(of: folder, in: mounted.place), flags: O_PATH | O_DIRECTORY)
        else { return nil }
        return (try? folder.link(named: name)).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func path(_ parts: some Sequence<String>) -> String { "/" + parts.joined(separator: "/") }

    /// By bytes: names that look alike may be different ones.
    private static func lies(_ place: String, in folder: String) -> Bool {
        folder == "/" || place.utf8.elementsEqual(folder.utf8) || place.utf8.starts(with: "\(folder)/".utf8)
    }

    /// What of `place` is below `folder`, from there on.
    static func rest(of place: String, in folder: String) -> String {
        let rest = folder == "/" ? place[...] : Substring(place.utf8.dropFirst(folder.utf8.count))
        return rest.isEmpty ? "/" : String(rest)
    }
}
