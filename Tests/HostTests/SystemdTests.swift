import Glibc
import JSON
import Linux
import OCI
import Testing

/// The systemd driver with a real systemd, in a mount namespace and a control group of its own: on the unified hierarchy
/// as process 1 of a pid namespace, as it is the host's elsewhere; on others, whose controllers it would take for its
/// own, a person's manager that stands in for the system's.
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

    @Test(.enabled(if: Systemd.isFirst, "systemd is process 1 on the unified hierarchy: make test-vm runs it"))
    func `what process 1 knows of the scope is what was asked for, and its reload lifts no limit`() throws {
        let bundle = try RuntimeBundle("sleep 60")
        bundle.spec.linux?.cgroupsPath = "boxes.slice:boxtop:\(bundle.id)"
        bundle.spec.linux?.resources?.pids = .init(limit: 50)
        bundle.spec.linux?.resources?.memory = .init(limit: 64 << 20)
        try Files.replace("\(bundle.folder)/config.json", with: JSON.encode(bundle.spec), durable: false)
        let unit = "boxtop-\(bundle.id).scope"
        let outcome = try Systemd.around(
            bundle, "--systemd-cgroup", "run", "--detach", "--bundle", bundle.folder, bundle.id,
            then: """
                cat /proc/$first/comm
                inside systemctl show --property Delegate,Slice,TasksMax,MemoryMax,ActiveState \(unit) | sort
                inside systemctl daemon-reload
                cat $group/boxes.slice/\(unit)/pids.max $group/boxes.slice/\(unit)/memory.max
                inside "$1" --systemd-cgroup --root \(bundle.folder)/state delete --force \(bundle.id)
                for _ in $(seq 50); do inside systemctl --quiet is-active \(unit) || break; sleep 0.1; done
                inside systemctl show --property ActiveState \(unit)
                """)
        #expect(outcome.errors == "")
        let active = ["ActiveState=active", "Delegate=yes", "MemoryMax=67108864", "Slice=boxes.slice", "TasksMax=50"]
        #expect(outcome.lines == ["systemd"] + active + ["50", "67108864", "ActiveState=inactive"])
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

    /// Whether it is process 1, of a namespace.
    static let isFirst = Files.exists("/sys/fs/cgroup/cgroup.controllers")

    /// `inside` runs a program where process 1 is systemd: `$first` to those outside, `$group` all that it makes.
    private static let first = """
        group=/sys/fs/cgroup/boxtop-systemd-$$
        clean() {
            kill -KILL $outer 2>/dev/null; wait $outer 2>/dev/null
            for _ in $(seq 50); do
                find $group -depth -type d -exec rmdir {} + 2>/dev/null; [ -d $group ] || break; sleep 0.1
            done
        }
        inside() { nsenter --target $first --all "$@"; }
        echo +memory +pids >/sys/fs/cgroup/cgroup.subtree_control
        mkdir $group
        # It alone is in the group: one that holds others hands no controller down.
        unshare --pid --fork --kill-child --mount --propagation private sh -c "
            echo 0 >$group/cgroup.procs && mount -t proc proc /proc && mount -t tmpfs none /run && mkdir /run/units &&
                printf '[Unit]\\nDefaultDependencies=no\\n' >/run/units/only.target &&
                exec env -i container=boxtop PATH=$PATH SYSTEMD_UNIT_PATH=/run/units: \
                    /lib/systemd/systemd --system --unit=only.target --log-target=null --show-status=no" >/dev/null 2>&1 &
        outer=$!
        trap clean EXIT
        for _ in $(seq 600); do
            { read -r first </proc/$outer/task/$outer/children; } 2>/dev/null
            [ -n "$first" ] && inside test -S /run/systemd/private && break
            sleep 0.1
        done
        inside "$@"
        """

    private static let person = """
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
    ///
    /// - Parameter more: shell text, after the runtime.
    static func around(
        _ bundle: RuntimeBundle, _ words: String..., then more: String = ""
    ) throws -> RuntimeBundle.Outcome {
        let shell = ["sh", "-c", "\(isFirst ? first : person)\n\(more)", "sh"]
        return try bundle.call(words, through: ["unshare", "--mount", "--propagation", "private"] + shell)
    }
}
