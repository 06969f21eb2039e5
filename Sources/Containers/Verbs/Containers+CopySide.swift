import CLinux
import Glibc
import Linux
import OCI
import Records

/// One side of a copy, opened.
struct CopySide: ~Copyable {
    /// What is mounted in what is copied, or in where it goes, once a container runs that does not now.
    struct Mounted {
        /// Where, in the container and from the side's own path on.
        let place: String
        let relative: String
        let source: String
        let owner: uid_t?
        /// Somebody has asked for it: it is none of the files that boxtop makes for the container.
        let isAsked: Bool
    }

    let root: FileDescriptor
    /// As of a `RootView`.
    let owner: uid_t?
    let isContainer: Bool
    /// What is copied, or where to, from the root on.
    let path: String
    /// What a copy is called where that is not the last part of the path.
    var name: String?
    var mounts: [Mounted] = []

    init(root: consuming FileDescriptor, owner: uid_t?, isContainer: Bool, path: String) {
        self.root = root
        self.owner = owner
        self.isContainer = isContainer
        self.path = path
    }

    /// The file `source` that is mounted, or what is `below` the folder `source`: all of it, or a place in it.
    init(source: String, owner: uid_t?, below: String = "/.") throws(SystemCallError) {
        let isFolder = Self.isFolder(source)
        self.init(
            root: try .open(isFolder ? source : Paths.parent(source), flags: O_RDONLY | O_DIRECTORY), owner: owner,
            isContainer: true, path: isFolder ? below : "/\(source.split(separator: "/").last ?? "")")
    }

    static func isFolder(_ path: String) -> Bool {
        (try? FileDescriptor.open(path, flags: O_PATH | O_DIRECTORY)) != nil
    }

    var shift: (user: uid_t, group: gid_t) { (owner ?? geteuid(), owner ?? getegid()) }

    /// What a copy in a folder is called; empty where it is what is in the source that is copied.
    var ownName: String { name ?? Containers.split(path).name }

    /// Symbolic links on the way lead inside; on the host they are the host's.
    func open(_ path: String, flags: Int32) throws(SystemCallError) -> FileDescriptor {
        isContainer
            ? try root.open(inRoot: path, flags: flags) : try FileDescriptor.open(path, flags: flags)
    }

    /// Whether a folder is at `path`, through a symbolic link if need be.
    func isFolder(_ path: String) -> Bool {
        (try? open(path, flags: O_PATH | O_DIRECTORY)) != nil
    }

    /// Where a link in a container leads, whether anything is there or not: what is copied to it goes there. Each
    /// step is still opened inside.
    func followed(_ path: String) throws(SystemCallError) -> String {
        var path = path
        for _ in 0..<40 where isContainer && !path.hasSuffix("/") {
            let (folder, name) = Containers.split(path)
            guard !name.isEmpty, let above = try? open(folder, flags: O_PATH | O_DIRECTORY),
                let link = try? above.link(named: Array(name.utf8))
            else { break }
            let target = String(decoding: link, as: UTF8.self)
            path = target.hasPrefix("/") ? target : "\(folder)/\(target)"
        }
        return path
    }

    /// Makes the folder `path` and those above it; those that are there are fine.
    func makeFolders(_ path: String) throws(SystemCallError) {
        if isFolder(path) { return }
        let (above, name) = Containers.split(path)
        guard !name.isEmpty else { throw SystemCallError("make folder", path, errno: .noSuchFile) }
        try makeFolders(above)
        let folder = try open(above, flags: O_RDONLY | O_DIRECTORY)
        let number = folder.number
        try systemCall("make folder", path) { Array(name.utf8).asCString { mkdirat(number, $0, 0o755) } }
    }
}

extension Containers {
    /// - Parameters:
    ///   - writing: it is where the copy goes.
    ///   - follow: a symbolic link stands for what it leads to; where the copy goes, it does in any case.
    func side(_ place: CopyPlace, writing: Bool, follow: Bool = false) throws(ContainerError) -> CopySide {
        switch place {
        case .host(let path):
            let root = try explaining { () throws(SystemCallError) in
                try FileDescriptor.open("/", flags: O_PATH | O_DIRECTORY)
            }
            return CopySide(root: root, owner: 0, isContainer: false, path: path)
        case .container(let reference, let path):
            let record = try find(reference)
            switch files.state(of: record.id).status {
            case .running, .paused: return try side(path, in: try view(record, writing: writing))
            default: return try side(path, resting: record, writing: writing, follow: follow)
            }
        }
    }

    private func side(_ path: String, in view: borrowing RootView) throws(ContainerError) -> CopySide {
        let root = try explaining { () throws(SystemCallError) in try view.folder.duplicate() }
        return CopySide(root: root, owner: view.root, isContainer: true, path: path)
    }

    /// Of a container that does not run: in its layers, or in what will be mounted there.
    private func side(
        _ path: String, resting record: ContainerRecord, writing: Bool, follow: Bool
    ) throws(ContainerError) -> CopySide {
        let ending = Self.ending(of: path)
        let mounts = try specification(record.id).mounts
        let found = try explaining("cannot look into container \(record.name)") { () throws(SystemCallError) in
            try SubordinateUsers.asRoot { () throws(SystemCallError) in
                try RestingPlaces(LayeredRoot(record.rootfs), mounts)
                    .find(path, follow: writing || follow || !ending.isEmpty)
            }
        }
        var side: CopySide
        if let mount = found.mount {
            side = try self.side(found.place, ending, in: mount, of: record, writing)
            let name = Self.split(path).name
            if !name.isEmpty { side.name = name }
        } else {
            side = try self.side(
                found.isCrossed ? found.place + ending : path, in: try view(record, writing: writing))
        }
        side.mounts = found.inside.compactMap { mounted($0, below: found.place, of: record) }
        return side
    }

    /// A place in what is mounted.
    private func side(
        _ place: String, _ ending: String, in mounted: RestingPlaces.Mounted, of record: ContainerRecord,
        _ writing: Bool
    ) throws(ContainerError) -> CopySide {
        let mount = mounted.mount
        if writing, mount.options.contains("ro") {
            throw ContainerError(
                .conflict,
                "\(mount.destination) is mounted read-only in container \(record.name): nothing is copied there")
        }
        let rest = RestingPlaces.rest(of: place, in: mounted.place)
        return try explaining("cannot look into \(mount.destination)") { () throws(SystemCallError) in
            try SubordinateUsers.asRoot { () throws(SystemCallError) in
                try CopySide(
                    source: mount.source ?? "", owner: Self.owner(mount, record),
                    below: rest == "/" ? rest : rest + ending)
            }
        }
    }

    /// Unless they are mapped for it, ids on disk are those that the container has on the host.
    private static func owner(_ mount: RuntimeSpec.Mount, _ record: ContainerRecord) -> uid_t? {
        geteuid() == 0 && mount.options.contains("noidmap") ? record.ids?.first : nil
    }

    /// `nil` for what is the kernel's or the host's devices.
    private func mounted(
        _ mounted: RestingPlaces.Mounted, below place: String, of record: ContainerRecord
    ) -> CopySide.Mounted? {
        guard let source = mounted.mount.source, !["proc", "sys", "dev"].contains(mounted.place.words("/").first)
        else { return nil }
        return CopySide.Mounted(
            place: mounted.place, relative: String(RestingPlaces.rest(of: mounted.place, in: place).drop { $0 == "/" }),
            source: source, owner: Self.owner(mounted.mount, record),
            isAsked: !source.hasPrefix("\(layout.container(record.id))/"))
    }

    /// What of a path says that it is meant as a folder, or as what is in one.
    private static func ending(of path: String) -> String {
        if let last = path.words("/").last, last == "." || last == ".." { return "/." }
        return path.hasSuffix("/") ? "/" : ""
    }
}
