import Glibc
import JSON
import Linux
import OCI
import Testing

/// The systemd driver with a real systemd: a manager of its own in a mount namespace of its own, in a control group of
/// its own, standing in for the system's.
@Suite(.serialized, .enabled(if: Systemd.obstacle == nil, Comment(rawValue: Systemd.obstacle ?? "")))
struct SystemdTests {
    @Test func `a container's control group is a delegated scope of systemd's, in the slice that was asked for`() throws
    {
        let bundle = try RuntimeBundle("cat /proc/self/cgroup")
        bundle.spec.linux?.cgroupsPath = "one-two.slice:boxtop:\(bundle.id)"
        bundle.spec.linux?.namespaces.removeAll { $0.type == .cgroup }
        bundle.spec.linux?.resources?.pids = .init(limit: 50)
        try Files.replace("\(bundle.folder)/config.json", with: JSON.encode(bundle.spec), durable: false)
        let outcome = try Systemd.around(bundle, "--systemd-cgroup", "run", "--bundle", bundle.folder, bundle.id)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let scope = "/one.slice/one-two.slice/boxtop-\(bundle.id).scope"
        let unified = outcome.lines.first { $0.hasPrefix("0::") || $0.contains("name=systemd") }
        #expect(unified?.hasSuffix(scope) == true, "\(outcome.output)")
        // The limits are written where the controllers are.
        #expect(outcome.lines.allSatisfy { !$0.contains(":pids:") || $0.hasSuffix(scope) }, "\(outcome.output)")
    }

    @Test func `a path that is none of systemd's is refused with the field's name`() throws {
        let bundle = try RuntimeBundle("true")
        try Files.replace("\(bundle.folder)/config.json", with: JSON.encode(bundle.spec), durable: false)
        let outcome = try bundle.call("--systemd-cgroup", "run", "--bundle", bundle.folder, bundle.id)
        #expect(outcome.status != 0)
        #expect(outcome.errors.contains("linux.cgroupsPath"), "\(outcome.errors)")
    }
}

enum Systemd {
    static let obstacle: String? =
        RuntimeBundle.obstacle ?? (Files.exists("/lib/systemd/systemd") ? nil : "systemd is not installed")

    private static let script = """
        group=/boxtop-systemd-$$
        clean() {
            kill $manager 2>/dev/null; wait $manager 2>/dev/null
            for tree in /sys/fs/cgroup /sys/fs/cgroup/*; do
                [ -d "$tree$group" ] || continue
                echo $$ > "$tree/cgroup.procs"; find "$tree$group" -depth -type d -exec rmdir {} + 2>/dev/null
            done
        }
        mount -t tmpfs none /run && mkdir -p /run/systemd/system /run/own && chmod 700 /run/own
        for tree in /sys/fs/cgroup/systemd /sys/fs/cgroup/unified /sys/fs/cgroup; do
            [ -e $tree/cgroup.procs ] || continue
            mkdir $tree$group && echo $$ > $tree$group/cgroup.procs
        done
        XDG_RUNTIME_DIR=/run/own /lib/systemd/systemd --user --log-target=null >/dev/null 2>&1 &
        manager=$!
        trap clean EXIT
        for _ in $(seq 100); do [ -S /run/own/systemd/private ] && break; sleep 0.1; done
        ln -s /run/own/systemd/private /run/systemd/private
        "$@"
        """

    /// Runs the runtime with a systemd of its own beside it.
    static func around(_ bundle: RuntimeBundle, _ words: String...) throws -> RuntimeBundle.Outcome {
        try bundle.call(words, through: ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh"])
    }
}
