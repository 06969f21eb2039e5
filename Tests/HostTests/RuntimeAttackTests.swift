import Glibc
import Linux
import OCI
import Testing

/// Images that mean harm: what they would reach on the host stays as it was.
@Suite(.enabled(if: RuntimeBundle.obstacle == nil, Comment(rawValue: RuntimeBundle.obstacle ?? "")))
struct RuntimeAttackTests {
    @Test func `a dev folder that is a link leads nowhere outside (CVE-2026-41579)`() throws {
        let bundle = try RuntimeBundle("true")
        let outside = "\(bundle.folder)/outside"
        try Files.makeDirectories(outside)
        bundle.spec.mounts.removeAll { $0.destination.hasPrefix("/dev") }
        symlink(outside, "\(bundle.folder)/rootfs/dev")
        _ = try bundle.run()
        #expect(try Files.names(in: outside) == [])
    }

    @Test func `a link at a mount's destination is followed inside the root alone (CVE-2021-30465)`() throws {
        let bundle = try RuntimeBundle("ls /escape")
        let outside = "\(bundle.folder)/outside"
        try Files.makeDirectories(outside)
        try Files.makeDirectories("\(bundle.folder)/data")
        try Files.replace("\(bundle.folder)/data/seen", with: [], durable: false)
        symlink("../../../../../../../../\(outside)", "\(bundle.folder)/rootfs/escape")
        try Files.makeDirectories("\(bundle.folder)/rootfs\(outside)")
        bundle.spec.mounts.append(.init(destination: "/escape", type: "bind", source: "data"))
        let outcome = try bundle.run()
        #expect(outcome.lines == ["seen"], "\(outcome.errors)")
        #expect(try Files.names(in: outside) == [])
    }

    @Test func `a null device that is a link masks nothing with what it points to (CVE-2025-31133)`() throws {
        let bundle = try RuntimeBundle("echo x > /proc/keys; cat /proc/keys; cat /bait")
        try Files.makeDirectories("\(bundle.folder)/rootfs/dev")
        try Files.replace("\(bundle.folder)/rootfs/bait", with: Array("bait\n".utf8), mode: 0o666, durable: false)
        bundle.spec.mounts.removeAll { $0.destination.hasPrefix("/dev") }
        symlink("/bait", "\(bundle.folder)/rootfs/dev/null")
        let outcome = try bundle.run()
        // The node cannot be made where the link is, so the container is refused; or it runs, and nothing leaked.
        #expect(outcome.status == 125 || outcome.lines == ["bait"], "\(outcome.output)\(outcome.errors)")
        #expect(Files.text("\(bundle.folder)/rootfs/bait") == "bait\n")
    }

    @Test func `a console that is a link has no terminal put over what it points to (CVE-2025-52565)`() throws {
        let bundle = try RuntimeBundle("cat /proc/sys/kernel/ostype")
        try Files.makeDirectories("\(bundle.folder)/dev")
        symlink("/proc/sys/kernel/ostype", "\(bundle.folder)/dev/console")
        mkdir("\(bundle.folder)/dev/pts", 0o755)
        bundle.spec.mounts[1] = .init(destination: "/dev", type: "bind", source: "dev")
        bundle.spec.process?.terminal = true
        let outcome = try bundle.run()
        #expect(outcome.status == 125)
        #expect(outcome.errors.contains("/dev/console"))
    }

    @Test(arguments: ["proc", "sys"])
    func `a proc or sys that is a link is refused (CVE-2019-19921)`(name: String) throws {
        let bundle = try RuntimeBundle("true")
        try Files.makeDirectories("\(bundle.folder)/rootfs/fake")
        symlink("/fake", "\(bundle.folder)/rootfs/\(name)")
        let outcome = try bundle.run()
        #expect(outcome.status == 125)
        #expect(outcome.errors.contains("something else than a folder"))
    }

    @Test func `a working directory through a descriptor of the host is refused (CVE-2024-21626)`() throws {
        for number in 3...9 {
            let bundle = try RuntimeBundle("ls ../../../")
            bundle.spec.process?.cwd = "/proc/self/fd/\(number)"
            let outcome = try bundle.run()
            // One of them is the container's own root, and no way out.
            #expect(
                outcome.status == 125 || outcome.lines == ["bin", "dev", "proc", "sys"], "\(number): \(outcome.output)")
        }
    }

    @Test func `devices of the host cannot be read, nor new ones opened`() throws {
        let bundle = try RuntimeBundle(
            "mknod /disk b 254 0 && cat /disk | head -c 1; mknod /mem c 1 1; cat /mem | head -c 1")
        for name in ["mknod", "head"] { symlink("busybox", "\(bundle.folder)/rootfs/bin/\(name)") }
        bundle.spec.process?.capabilities = .init(["CAP_MKNOD", "CAP_DAC_OVERRIDE", "CAP_SYS_RAWIO"])
        let outcome = try bundle.run()
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains("not permitted"))
    }

    @Test func `the configuration cannot name a place outside the control groups`() throws {
        let bundle = try RuntimeBundle()
        bundle.spec.linux?.cgroupsPath = "/boxtop-core-test/../../escape"
        #expect(try bundle.run().status == 125)
    }
}
