import Cgroups
import Glibc
import Linux
import Records

/// What all watched containers share in a sweep.
struct LiveHost: ~Copyable {
    let layout: Layout
    let hierarchy: Hierarchy
    let files: StateFiles
    let buffer = ReadBuffer()
    /// The gauges whose files are kept open: as many as the process's limit of descriptors allows.
    private(set) var kept: Gauges = .everything
    /// When this sweep began, by the wall clock.
    private(set) var clock = Timestamp.now
    private var containers: FileDescriptor?
    private var runtimes: FileDescriptor?
    private let watch = try? FolderWatch()
    /// The watched folders in which something has happened since the last sweep; `nil`: perhaps in all.
    private var changed: Set<Int32>?

    init(layout: Layout, hierarchy: Hierarchy) {
        self.layout = layout
        self.hierarchy = hierarchy
        files = StateFiles(layout)
    }

    /// For a new sweep: the folders may be others than in the last one.
    mutating func begin() {
        clock = .now
        let flags = O_PATH | O_DIRECTORY
        containers = try? FileDescriptor.open(layout.containers, flags: flags)
        runtimes = try? FileDescriptor.open(layout.run, flags: flags)
        changed = watch?.changed()
    }

    /// The folders of a container that runs, under watch.
    struct Watched {
        fileprivate let container: Int32
        fileprivate let runtime: Int32
    }

    /// Watches the folders of container `id`; `nil` where one of them is not there or cannot be watched.
    ///
    /// - Parameter run: the run folder that its supervisor works in.
    func watch(_ id: String, run: String) -> Watched? {
        guard let runtime = watch?.add("\(run)/\(id)", for: .files),
            let container = watch?.add(layout.container(id), for: .files)
        else { return nil }
        return Watched(container: container, runtime: runtime)
    }

    /// Whether nothing has happened in `folders` since the last sweep.
    func areStill(_ folders: Watched) -> Bool {
        guard let changed else { return false }
        return changed.isEmpty || !changed.contains(folders.container) && !changed.contains(folders.runtime)
    }

    /// Of `name` below the folder of records; `nil` where nothing is there.
    func stamp(ofRecord name: String) -> FileStamp? { FileStamp(name, in: containers.number ?? -1) }

    /// Of the state's file `name` below the folder of those that run, where the container runs and its supervisor works
    /// there. Else also below that of records and below `run`, where that one works: whoever starts it next may do so in
    /// either.
    func stamp(ofState name: String, run: String?, isLive: Bool) -> StateStamp {
        let live = FileStamp(name, in: runtimes.number ?? -1)
        let other = run == layout.run ? nil : run
        if isLive, live != nil, other == nil { return StateStamp(files: [live]) }
        return StateStamp(files: [live, stamp(ofRecord: name), other.flatMap { FileStamp("\($0)/\(name)") }])
    }

    /// What the files that may tell a container's state were like.
    struct StateStamp: Equatable {
        fileprivate let files: [FileStamp?]

        func isFresh(at time: Timestamp) -> Bool { files.contains { $0?.isFresh(at: time) ?? false } }
    }

    /// Left to the rest of the program: a terminal, pipes of verbs, sockets.
    private static let reserved = 100

    /// Shares out the descriptors among `count` containers.
    mutating func share(among count: Int) {
        guard let limit = ResourceLimit.openFiles else { return }
        let each = (limit - Self.reserved) / max(1, count)
        kept =
            [.everything, Gauges.quick.union(.cache), .quick].first {
                UsageReader.mostDescriptors(keeping: $0) <= each
            } ?? []
    }
}
