import Glibc
import Linux
import OCI
import Testing

/// Containers that are in somebody else's mount namespace: the caller's, or one given by path. All of it happens in
/// namespaces of the test's own.
@Suite(.enabled(if: RuntimeBundle.obstacle == nil, Comment(rawValue: RuntimeBundle.obstacle ?? "")))
struct RuntimeSharedMountsTests {
    /// Runs the verb in a new mount namespace, then `script`, where `runtime` calls the runtime again.
    private func wrapped(_ script: String) -> [String] {
        let runtime = "runtime() { \"$program\" --root \"$state\" \"$@\"; }"
        return [
            "unshare", "--mount", "--propagation", "private", "sh", "-c",
            "program=$1 state=$3; \"$@\" || exit; \(runtime); \(script)", "sh",
        ]
    }

    /// The container's mounts, counted in the mount table of `process`.
    private func count(_ bundle: RuntimeBundle, in process: String = "self") -> String {
        "grep -c ' \(bundle.folder)/rootfs' /proc/\(process)/mountinfo"
    }

    private func bundle(_ script: String, _ namespace: OCI.RuntimeSpec.Namespace?) throws -> RuntimeBundle {
        let bundle = try RuntimeBundle(script)
        bundle.spec.linux?.namespaces.removeAll { $0.type == .mount }
        if let namespace { bundle.spec.linux?.namespaces.append(namespace) }
        return bundle
    }

    @Test func `without a mount namespace a container has the caller's, and its own root in it`() throws {
        let bundle = try bundle("sleep 60", nil).addingCommands("grep")
        let outcome = try bundle.create(
            through: wrapped(
                """
                runtime start \(bundle.id); \(count(bundle))
                runtime exec \(bundle.id) readlink /proc/self/ns/mnt; readlink /proc/self/ns/mnt
                runtime exec \(bundle.id) sh -c 'cd ..; ls; ls /dev | grep -c zero'
                runtime delete --force \(bundle.id); \(count(bundle))
                """))
        #expect(outcome.status == 1, "grep has counted none at the end; \(outcome.errors)")
        let lines = outcome.lines
        try #require(lines.count > 3, "\(outcome.output) \(outcome.errors)")
        #expect(Int(lines[0]).map { $0 >= 5 } == true, "root, /proc, /dev, /dev/pts, /sys: \(lines[0])")
        #expect(lines[1] == lines[2])
        #expect(lines.contains("bin") && !lines.contains("home"))
        #expect(lines.last == "0")
    }

    @Test func `a launch that fails in the caller's mount namespace leaves no mount there`() throws {
        let bundle = try bundle("true", nil)
        bundle.spec.process?.args = ["/not-there"]
        let outcome = try bundle.run(
            through: ["unshare", "--mount", "sh", "-c", "\"$@\"; \(count(bundle))", "sh"])
        #expect(outcome.errors.contains("/not-there"))
        #expect(outcome.lines == ["0"])
    }

    @Test func `a container is placed in the mount namespace of a path, whose own mounts stay`() throws {
        let bundle = try bundle("readlink /proc/self/ns/mnt; ls /", nil)
        let path = "\(bundle.folder)/namespace"
        bundle.spec.linux?.namespaces.append(.init(.mount, path: path))
        let outcome = try bundle.run(
            through: [
                "sh", "-c",
                """
                unshare --mount sleep 60 & pid=$!
                while [ $(readlink /proc/$pid/ns/mnt) = $(readlink /proc/self/ns/mnt) ]; do sleep 0.02; done
                readlink /proc/$pid/ns/mnt; ln -s /proc/$pid/ns/mnt \(path)
                "$@"; \(count(bundle, in: "$pid")); grep -c ' / / ' /proc/$pid/mountinfo; kill $pid
                """, "sh",
            ])
        try #require(outcome.lines.count > 3, "\(outcome.output) \(outcome.errors)")
        #expect(outcome.lines[0] == outcome.lines[1])
        #expect(outcome.lines.contains("bin") && !outcome.lines.contains("home"))
        #expect(outcome.lines.suffix(2) == ["0", "1"], "mounts left, roots")
    }

    @Test func `namespaces are joined by the paths that the host has, whichever comes first`() throws {
        let bundle = try bundle("readlink /proc/self/ns/net", nil)
        bundle.spec.linux?.namespaces.removeAll { $0.type == .network }
        let (mounts, network) = ("\(bundle.folder)/mounts", "\(bundle.folder)/hidden/network")
        bundle.spec.linux?.namespaces.insert(.init(.mount, path: mounts), at: 0)
        bundle.spec.linux?.namespaces.append(.init(.network, path: network))
        try Files.makeDirectories("\(bundle.folder)/hidden")
        let outcome = try bundle.run(
            through: [
                "sh", "-c",
                """
                unshare --mount --net sh -c 'mount -t tmpfs none \(bundle.folder)/hidden; touch \(bundle.folder)/ready; exec sleep 60' &
                pid=$!; while ! [ -e \(bundle.folder)/ready ]; do sleep 0.02; done
                readlink /proc/$pid/ns/net; ln -s /proc/$pid/ns/mnt \(mounts); ln -s /proc/$pid/ns/net \(network)
                "$@"; kill $pid
                """, "sh",
            ])
        try #require(outcome.lines.count == 2, "\(outcome.output) \(outcome.errors)")
        #expect(outcome.lines[0] == outcome.lines[1])
    }

    @Test func `the host's own root is nobody's to share`() throws {
        let bundle = try bundle("true", nil)
        bundle.spec.root = .init(path: "/")
        let outcome = try bundle.run(through: ["unshare", "--mount"])
        #expect(outcome.isRefused)
        #expect(outcome.errors.contains("busy"))
    }
}
