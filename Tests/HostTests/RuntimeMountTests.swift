import Glibc
import Linux
import OCI
import TestSupport
import Testing

/// Mounts of kinds that are rare.
@Suite(.enabled(if: RuntimeBundle.obstacle == nil, Comment(rawValue: RuntimeBundle.obstacle ?? "")))
struct RuntimeMountTests {
    /// A user namespace whose root is nobody on the host, with a root file system that is its own.
    private func giveUsers(_ bundle: RuntimeBundle) throws {
        bundle.spec.linux?.namespaces.append(.init(.user))
        bundle.spec.linux?.uidMappings = [.init(containerID: 0, hostID: 700_000, size: 65_536)]
        bundle.spec.linux?.gidMappings = [.init(containerID: 0, hostID: 700_000, size: 65_536)]
        chmod(bundle.folder, 0o755)
        for path in ["", "/bin"] { chown("\(bundle.folder)/rootfs\(path)", 700_000, 700_000) }
    }

    @Test func `a link to what is absent is followed inside the root, and what it names is made there`() throws {
        let bundle = try RuntimeBundle("cat /file /folder/seen /deep/er/seen; ls -d /made/a /made/b /made/c")
        let outside = "\(bundle.folder)/outside"
        try Files.makeDirectories("\(bundle.folder)/data")
        try Files.replace("\(bundle.folder)/data/seen", with: Array("seen\n".utf8), durable: false)
        symlink("/made/a", "\(bundle.folder)/rootfs/file")
        symlink("../../../made/b", "\(bundle.folder)/rootfs/folder")
        symlink("made/c", "\(bundle.folder)/rootfs/deep")
        symlink(outside, "\(bundle.folder)/rootfs/escape")
        symlink("loop", "\(bundle.folder)/rootfs/loop")
        bundle.spec.mounts += [
            .init(destination: "/file", type: "bind", source: "data/seen", options: ["bind"]),
            .init(destination: "/folder", type: "bind", source: "data", options: ["bind"]),
            .init(destination: "/deep/er", type: "bind", source: "data", options: ["bind"]),
            .init(destination: "/escape", type: "bind", source: "data", options: ["bind"]),
        ]
        let outcome = try bundle.run()
        #expect(outcome.lines == ["seen", "seen", "seen", "/made/a", "/made/b", "/made/c"], "\(outcome.errors)")
        #expect(!Files.exists(outside))
        bundle.spec.mounts.append(.init(destination: "/loop", type: "bind", source: "data", options: ["bind"]))
        #expect(try bundle.run().isRefused)
    }

    @Test func `options come several in one, empty, and longer than fsconfig takes`() throws {
        let bundle = try RuntimeBundle("cat /layers/9 /layers/0; stat -c %a /t")
        var layers: [String] = []
        for number in 0..<10 {
            let layer = "\(bundle.folder)/a-folder-with-a-rather-long-name-\(number)"
            try Files.makeDirectories(layer)
            try Files.replace("\(layer)/\(number)", with: Array("\(number)\n".utf8), durable: false)
            layers.append(layer)
        }
        bundle.spec.mounts += [
            .init(
                destination: "/layers", type: "overlay", source: "overlay",
                options: ["lowerdir=\(layers.joined(separator: ":"))", "nosuid"]),
            .init(destination: "/t", type: "tmpfs", source: "tmpfs", options: ["mode=711,size=1m", ""]),
        ]
        let outcome = try bundle.run()
        #expect(outcome.lines == ["9", "0", "711"], "\(outcome.errors)")
    }

    @Test func `what is mounted already takes options of its file system`() throws {
        let bundle = try RuntimeBundle("stat -f -c '%b %s' /t")
        bundle.spec.mounts += [
            .init(destination: "/t", type: "tmpfs", source: "tmpfs", options: ["size=1m"]),
            .init(destination: "/t", type: "tmpfs", source: "tmpfs", options: ["remount", "size=2m"]),
        ]
        #expect(try bundle.run().lines == ["512 4096"])
    }

    @Test func `a read-only tmpfs takes what is mounted below it, and nothing else`() throws {
        let bundle = try RuntimeBundle(
            "touch /m/x/y/in && echo in; touch /m/x/out || echo kept; touch /n/out && echo again")
        bundle.spec.mounts += [
            .init(destination: "/m", type: "tmpfs", options: ["ro"]),
            .init(destination: "/m/x/y", type: "tmpfs"),
            .init(destination: "/n", type: "tmpfs", options: ["ro"]),
            .init(destination: "/n", options: ["remount", "rw"]),
        ]
        let outcome = try bundle.run()
        #expect(outcome.lines == ["in", "kept", "again"], "\(outcome.errors)")
        #expect(outcome.errors.contains("Read-only file system"))
    }

    @Test func `a disk that cannot be written to is mounted to be read`() throws {
        let bundle = try RuntimeBundle("test -d /disk/lost+found && ! touch /disk/x 2>/dev/null && echo read")
        let disk = "\(bundle.folder)/disk"
        let made = Command.output("truncate -s 4M \(disk) && mke2fs -q -t ext4 \(disk) && losetup -r -f --show \(disk)")
        let device = made.filter { !$0.isWhitespace }
        // A host without loop devices has no disk to try.
        guard device.hasPrefix("/dev/loop") else { return }
        defer { Command.status("losetup -d \(device)") }
        bundle.spec.linux?.resources?.devices = [.init(allow: true, access: "rwm")]
        bundle.spec.mounts.append(.init(destination: "/disk", type: "ext4", source: device, options: ["ro"]))
        let outcome = try bundle.run()
        #expect(outcome.lines == ["read"], "\(outcome.errors)")
    }

    @Test func `a user namespace may have more mounts than fit into one message`() throws {
        let bundle = try RuntimeBundle("cat /m/0/seen /m/299/seen")
        try giveUsers(bundle)
        try Files.makeDirectories("\(bundle.folder)/data")
        try Files.replace("\(bundle.folder)/data/seen", with: Array("seen\n".utf8), mode: 0o644, durable: false)
        for number in 0..<300 {
            bundle.spec.mounts.append(
                .init(destination: "/m/\(number)", type: "bind", source: "data", options: ["bind", "ro"]))
        }
        let outcome = try bundle.run()
        #expect(outcome.lines == ["seen", "seen"], "\(outcome.errors)")
    }

    @Test func `clocks have their offsets in a user namespace too`() throws {
        let bundle = try RuntimeBundle("cat /proc/uptime")
        try giveUsers(bundle)
        bundle.spec.linux?.namespaces.append(.init(.time))
        bundle.spec.linux?.timeOffsets = ["boottime": .init(secs: 1_000_000_000), "monotonic": .init(secs: 5)]
        let outcome = try bundle.run()
        #expect(outcome.output.hasPrefix("1000"), "\(outcome.output)\(outcome.errors)")
    }

    @Test func `the kind of a device is told by its type, not by what its mode says`() throws {
        let bundle = try RuntimeBundle("test -c /dev/fuse && stat -c %a /dev/fuse")
        bundle.spec.linux?.devices = [
            .init(type: "c", path: "/dev/fuse", major: 10, minor: 229, fileMode: 0o060_600)
        ]
        #expect(try bundle.run().lines == ["600"])
    }
}
