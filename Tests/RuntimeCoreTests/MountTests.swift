import OCI
import Testing

@testable import RuntimeCore

@Suite struct MountTests {
    @Test(
        arguments: [
            ("/proc", "proc"), ("//dev//pts/", "dev/pts"), ("/a/./b/../c", "a/c"), ("/../../etc", "etc"), ("/", ""),
            ("relative", "relative"),
        ])
    func `a destination is made relative to the root as it is written`(path: String, normal: String) {
        #expect(MountPlan.normal(path) == normal)
    }

    @Test(
        arguments: [
            (["ro", "nosuid"], 3, 0), (["rw"], 0, 1), (["ro", "rw"], 0, 1), (["rw", "ro"], 1, 0),
            (["noatime"], 0x10, 0x70), (["relatime"], 0, 0x70), (["noatime", "strictatime"], 0x20, 0x70),
            (["defaults"], 0, 0),
        ] as [([String], UInt64, UInt64)])
    func `options of the mount set and clear its attributes, the last one winning`(
        words: [String], set: UInt64, clear: UInt64
    ) {
        let options = MountOptions(words)
        #expect(options.set == set)
        #expect(options.clear == clear)
        #expect(options.data.isEmpty)
    }

    @Test func `options with an r in front are for all mounts below`() {
        let options = MountOptions(["rro", "rnosuid", "rslave", "rbind"])
        #expect(options.recursiveSet == 3)
        #expect(options.set == 0)
        #expect(options.bind && options.recursiveBind)
        #expect(options.propagations.map(\.recursive) == [true])
    }

    @Test func `every other word goes to the file system`() {
        let options = MountOptions(["mode=755", "size=64k", "newinstance", "context=a=b"])
        #expect(options.data.map(\.key) == ["mode", "size", "newinstance", "context"])
        #expect(options.data.map(\.value) == ["755", "64k", nil, "a=b"])
    }

    @Test func `a bind mount is mapped where owners are, a new file system never`() throws {
        let bind = OCI.RuntimeSpec.Mount(destination: "/data", type: "bind", source: "/srv", options: ["rbind"])
        #expect(try MountPlan(bind, "mounts[0]", bundle: "/b", mapsOwners: true).owners == .mapped(recursive: true))
        #expect(try MountPlan(bind, "mounts[0]", bundle: "/b", mapsOwners: false).owners == .unchanged)
        let new = OCI.RuntimeSpec.Mount(destination: "/tmp", type: "tmpfs")
        #expect(try MountPlan(new, "mounts[0]", bundle: "/b", mapsOwners: true).owners == .unchanged)
    }

    @Test func `a relative source begins in the bundle`() throws {
        let mount = OCI.RuntimeSpec.Mount(destination: "/data", type: "bind", source: "data")
        #expect(try MountPlan(mount, "mounts[0]", bundle: "/b", mapsOwners: false).kind == .bind(source: "/b/data"))
    }

    @Test(
        arguments: [
            OCI.RuntimeSpec.Mount(destination: "/", type: "tmpfs"), .init(destination: "/x", type: "bind"),
            .init(destination: "/x"),
        ])
    func `a mount that cannot be is refused before anything is made`(mount: OCI.RuntimeSpec.Mount) {
        #expect(throws: LaunchError.self) { try MountPlan(mount, "mounts[0]", bundle: "/b", mapsOwners: false) }
    }
}
