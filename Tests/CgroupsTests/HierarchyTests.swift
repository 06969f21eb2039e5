import Cgroups
import Glibc
import Linux
import Testing

@Suite struct HierarchyTests {
    @Test(
        arguments: [
            (.unified, "cgroup v2", 1), (.hybrid, "cgroup v1+v2", 8), (.legacy, "cgroup v1", 7),
        ] as [(FixtureTree.Kind, String, Int)])
    func `each kind of host is recognised by its mounts`(kind: FixtureTree.Kind, name: String, trees: Int) throws {
        let fixture = try FixtureTree(kind)
        let hierarchy = fixture.hierarchy()
        #expect(hierarchy.name == name)
        #expect(hierarchy.trees.count == trees)
        for controller in Controller.unified {
            #expect(hierarchy.tree(of: controller)?.version == (kind == .unified ? .v2 : .v1), "\(controller)")
        }
        #expect(hierarchy.missing == [])
    }

    @Test func `controllers mounted together are one tree`() throws {
        let fixture = try FixtureTree(.legacy)
        #expect(fixture.hierarchy().tree(of: .cpu)?.controllers == [.cpu, .cpuacct])
    }

    @Test func `a relative path lies below this process's own group, which differs from tree to tree`() throws {
        let fixture = try FixtureTree(.legacy)
        let group = try Cgroup("box", in: fixture.hierarchy())
        #expect(group.folder(of: .memory) == "\(fixture.root)/sys/fs/cgroup/memory/service/one/box")
        #expect(group.folder(of: .cpu) == "\(fixture.root)/sys/fs/cgroup/cpu,cpuacct/slice/box")
        #expect(group.folder(of: .pids) == "\(fixture.root)/sys/fs/cgroup/pids/box")
        #expect(group.unifiedFolder == nil)
    }

    @Test(arguments: [
        ("/boxtop/one", ""), ("/boxtop/one/init.scope", "/init.scope"), ("/boxtop/one-more", nil), ("/", nil),
        ("/boxtop/one/gone", nil),
    ])
    func `a process's group is entered where it is the one meant or lies below it`(path: String, below: String?) throws
    {
        for kind in [FixtureTree.Kind.unified, .hybrid] {
            let fixture = try FixtureTree(kind)
            let group = try fixture.group()
            let folder = try #require(group.unifiedFolder)
            let place = String(folder.dropFirst(fixture.root.count))
            fixture.write("\(place)/init.scope/cgroup.procs", "")
            fixture.write("\(place)-more/cgroup.procs", "")
            fixture.write("/proc/7/cgroup", "4:memory:/elsewhere\n0::\(path)\n")
            let open = group.descriptor(around: 7, root: fixture.root)
            #expect(open.number.map { "/proc/self/fd/\($0)".resolved } == below.map { folder + $0 })
        }
    }

    @Test func `a tree that is mounted from a group within is used from there`() throws {
        let fixture = try FixtureTree()
        fixture.write("/proc/self/mountinfo", "1 0 0:1 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw\n")
        fixture.write("/proc/self/cgroup", "0::/docker/abc/inner\n")
        #expect(fixture.hierarchy().unified?.own == "/inner")
    }

    @Test func `a tree that is mounted twice is used where its root is`() throws {
        let fixture = try FixtureTree()
        fixture.write(
            "/proc/self/mountinfo",
            "1 0 0:1 /docker/abc /a rw - cgroup2 cgroup rw\n" + FixtureTree.unifiedMount("/b")
                + FixtureTree.unifiedMount("/c"))
        #expect(fixture.hierarchy().trees.map(\.mountPoint) == ["\(fixture.root)/b"])
    }

    @Test func `a mount point with a space in it is understood`() throws {
        let fixture = try FixtureTree()
        fixture.write("/proc/self/mountinfo", FixtureTree.unifiedMount(#"/odd\040place"#))
        #expect(fixture.hierarchy().unified?.mountPoint == "\(fixture.root)/odd place")
    }

    @Test(arguments: [
        "", "\n\n", "1 2 3", "41 31 0:38 / /x rw -", "41 31 0:38 / /x rw - cgroup", "\u{0}\u{1}- cgroup2",
    ])
    func `garbage in mountinfo is no tree`(text: String) throws {
        let fixture = try FixtureTree()
        fixture.write("/proc/self/mountinfo", text)
        #expect(fixture.hierarchy().name == "no cgroups")
    }

    @Test func `a host without any files of cgroups has no trees`() throws {
        let fixture = try FixtureTree()
        let hierarchy = fixture.hierarchy()
        #expect(hierarchy.trees == [])
        let group = try Cgroup("/boxtop/one", in: hierarchy)
        try group.make([.memory])
        #expect(!group.exists)
        #expect(group.limits() == Limits())
        #expect(throws: CgroupError.self) {
            var limits = Limits()
            limits.memory = 1 << 20
            try group.apply(limits, replacing: Limits())
        }
    }

    @Test func `what is missing comes with its remedy`() throws {
        let fixture = try FixtureTree()
        fixture.write("/proc/self/mountinfo", "33 1 0:1 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n")
        fixture.write("/proc/cgroups", "cpu 1 1 1\ncpuacct 1 1 1\nmemory 0 1 0\npids 0 1 1\n")
        let missing = fixture.hierarchy().missing
        func remedy(_ controller: Controller) -> String { missing.first { $0.controller == controller }?.remedy ?? "" }
        #expect(remedy(.memory).contains("cgroup_enable=memory"))
        #expect(remedy(.pids).contains("mount -t cgroup -o pids"))
        #expect(remedy(.io).contains("CONFIG_BLK_CGROUP"))
        #expect(remedy(.cpu) == "")
    }

    @Test(arguments: ["", "/", "//", "/a/../b", "..", "a/.", "/a\nb", "/" + String(repeating: "x", count: 256)])
    func `a path that leads elsewhere is no group`(path: String) throws {
        let fixture = try FixtureTree(.unified)
        #expect(throws: CgroupError.self) { try Cgroup(path, in: fixture.hierarchy()) }
    }

    @Test func `only the trees that limits need are joined on v1`() throws {
        let hybrid = try FixtureTree(.hybrid)
        let legacy = try FixtureTree(.legacy)
        let unified = try FixtureTree(.unified)
        var limits = Limits()
        limits.memory = 1 << 30
        #expect(hybrid.hierarchy().needed(for: limits, gauges: false) == [.memory])
        #expect(hybrid.hierarchy().needed(for: limits, gauges: true) == [.memory, .pids, .io])
        #expect(legacy.hierarchy().needed(for: limits, gauges: true) == [.memory, .pids, .io, .cpuacct])
        #expect(unified.hierarchy().needed(for: limits, gauges: false) == Controller.unified)
    }
}

extension String {
    /// What the link leads to.
    fileprivate var resolved: String {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = max(0, readlink(self, &path, path.count))
        return String(decoding: path.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
