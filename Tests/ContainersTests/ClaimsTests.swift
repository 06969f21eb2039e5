import Glibc
import Linux
import OCI
import Records
import Testing

@testable import Containers

@Suite struct ClaimsTests {
    private let folder: TemporaryFolder
    private let layout: Layout

    init() throws {
        folder = try TemporaryFolder()
        layout = folder.layout
        for path in [layout.containers, layout.names, layout.building, layout.idRanges] {
            try Files.makeDirectories(path)
        }
    }

    private func live() throws -> String {
        let id = ContainerID.random()
        try Files.makeDirectories(layout.container(id))
        try Files.replace(layout.record(id), with: "{}".utf8, durable: false)
        return id
    }

    @Test func `a name is taken once, and free when its owner is no more`() throws {
        let names = Claims.names(layout)
        let (one, two) = (try live(), try live())
        #expect(try names.claim("web", for: one))
        #expect(try !names.claim("web", for: two))
        #expect(names.owner(of: "web") == one)
        names.release("web", by: two)
        #expect(names.owner(of: "web") == one)
        try Files.removeTree(layout.container(one))
        #expect(try names.claim("web", for: two))
        #expect(names.owner(of: "web") == two)
    }

    @Test func `a container whose record did not reach the disk is none, and is swept`() throws {
        let names = Claims.names(layout)
        let (lost, kept) = (try live(), try live())
        #expect(try names.claim("web", for: lost))
        try Files.makeDirectories(layout.transience(lost))
        try Files.replace(layout.record(lost), with: [], durable: false)
        let containers = try Containers(layout: layout, environment: [:])
        #expect(StateFiles(layout).ids() == [kept])
        #expect(throws: ContainerError.self) { try containers.find("web") }
        containers.sweepLost()
        #expect(!Files.exists(layout.container(lost)))
        #expect(Files.exists(layout.container(kept)))
        #expect(try names.claim("web", for: kept))
    }

    @Test func `ranges of ids never overlap, with each other or with those of /etc/subuid`() throws {
        let reserved = [IDRange(first: 0x7000_0000, count: 65_536 * 4_000), IDRange(first: 100_000, count: 65_536)]
        let ranges = IDRanges(reserved: reserved)
        var taken: [IDRange] = []
        for _ in 0..<94 { taken.append(try ranges.claim(for: try live(), in: layout)) }
        for (index, range) in taken.enumerated() {
            #expect(range.count == 65_536 && UInt64(range.first) + 65_535 < UInt64(Int32.max))
            let others = taken[..<index] + reserved
            #expect(!others.contains { IDRanges.overlap($0, range) })
        }
        #expect(throws: ContainerError.self) { try ranges.claim(for: try live(), in: layout) }
    }

    @Test func `made up names are valid, and differ in the end`() {
        var generator = SystemRandomNumberGenerator()
        for attempt in 0..<50 {
            #expect(ContainerName.isValid(ContainerName.random(attempt: attempt, using: &generator)))
        }
    }

    @Test(arguments: ["", "-a", ".a", "a b", "a/b", "ä", "a:b", String(repeating: "a", count: 201)])
    func `other names are refused`(_ name: String) {
        #expect(!ContainerName.isValid(name))
    }

    @Test func `what is dropped in the making gives back all it has taken`() throws {
        func drop() throws {
            var building = try Building(ContainerID.random(), layout)
            _ = try building.takeName("web")
            _ = try building.takeRange()
            #expect(try Files.names(in: layout.building).count == 1)
        }
        try drop()
        for path in [layout.building, layout.names, layout.idRanges] { #expect(try Files.names(in: path) == []) }
    }

    @Test func `the lock of a file that is no more is not that of the one in its place`() throws {
        let path = "\(layout.building)/lock"
        try Files.replace(path, with: "".utf8, durable: false)
        let opened = try FileDescriptor.open(path, flags: O_RDWR)
        let again = try FileDescriptor.open(path, flags: O_RDWR)
        // Another has swept it meanwhile, and its maker has made it anew.
        unlink(path)
        let maker = try ContainerLock.take(path)
        let isTaken = ContainerLock.takeIfFree(opened, of: path) != nil
        unlink(path)
        let isTakenOfNothing = ContainerLock.takeIfFree(again, of: path) != nil
        #expect(!isTaken && !isTakenOfNothing)
        withExtendedLifetime(maker.number) {}
    }

    @Test func `a sweep takes nothing from under one who is making a container`() async {
        let layout = layout
        let failures = await withTaskGroup(of: [String].self) { group in
            for _ in 0..<6 {
                group.addTask {
                    var failures: [String] = []
                    for _ in 0..<1_000 {
                        do {
                            try Containers(layout: layout, environment: [:]).sweep()
                            let building = try Building(ContainerID.random(), layout)
                            for name in ["a", "b", "c"] {
                                try building.write(text: "x".utf8, to: name, mode: 0o600, durable: false)
                            }
                        } catch { failures.append("\(error)") }
                    }
                    return failures
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(failures == [])
    }
}
