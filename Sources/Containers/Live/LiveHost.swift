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
    var clock = Timestamp.now

    init(layout: Layout, hierarchy: Hierarchy) {
        self.layout = layout
        self.hierarchy = hierarchy
        files = StateFiles(layout)
    }

    /// Left to the rest of the program: a terminal, pipes of verbs, sockets.
    private static let reserved = 100

    /// Shares out the descriptors among `count` containers.
    mutating func share(among count: Int) {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        let each = (Int(clamping: limit.rlim_cur) - Self.reserved) / max(1, count)
        kept =
            [.everything, Gauges.quick.union(.cache), .quick].first {
                UsageReader.mostDescriptors(keeping: $0) <= each
            } ?? []
    }
}
