import Glibc
import Linux

/// Devices of config-linux.md.
extension Case {
    static let devices: [Case] =
        [
            Case("config-linux.md", "devices lists devices that MUST be available in the container.") { t in
                t.config["linux.devices"] = [
                    ["type": "c", "path": "/dev/given", "major": 1, "minor": 3, "fileMode": 0o640, "uid": 5, "gid": 6],
                    ["type": "p", "path": "/work/pipe"],
                ]
                try t.prints(
                    "character special file 1 3 640 5 6\nfifo",
                    "stat -c '%F %t %T %a %u %g' /dev/given; stat -c %F /work/pipe")
            },
            Case(
                "config-linux.md",
                "If a file already exists at path that does not match the requested device, the runtime MUST generate an error."
            ) { t in
                try t.file("rootfs/work/given")
                t.config["linux.devices"] = [["type": "c", "path": "/work/given", "major": 1, "minor": 3]]
                try t.refused()
            },
            Case("config-linux.md", "The path MAY be anywhere in the container filesystem, notably outside of /dev.") {
                t in
                t.config["linux.devices"] = [
                    ["type": "c", "path": "/work/given", "major": 1, "minor": 5, "fileMode": 0o666]
                ]
                try t.prints("1 5", "stat -c '%t %T' /work/given")
            },
            Case("config-linux.md", "major, minor: REQUIRED unless type is p.") { t in
                t.config["linux.devices"] = [["type": "c", "path": "/dev/given"]]
                try t.refused()
            },
            Case("config-linux.md", "type of device: c, b, u or p.") { t in
                t.config["linux.devices"] = [["type": "x", "path": "/dev/given", "major": 1, "minor": 3]]
                try t.refused()
            },
            Case("config-linux.md", "The runtime MUST apply entries in the listed order.") { t in
                t.config["linux.devices"] = [
                    ["type": "c", "path": "/dev/given", "major": 10, "minor": 200, "fileMode": 0o666]
                ]
                t.config["linux.resources.devices"] = [
                    ["allow": false, "access": "rwm"],
                    ["allow": true, "type": "c", "major": 10, "minor": 200, "access": "rwm"],
                    ["allow": false, "type": "c", "major": 10, "minor": 200, "access": "rwm"],
                ]
                let outcome = try t.run("cat /dev/given")
                try t.expect(outcome.errors.contains("not permitted"), outcome.errors)
            },
            Case("config-linux.md", "/dev/ptmx: A bind-mount or symlink of the container's /dev/pts/ptmx.") { t in
                try t.prints("same", "[ $(stat -L -c %i:%d /dev/ptmx) = $(stat -c %i:%d /dev/pts/ptmx) ] && echo same")
            },
            Case(
                "config-linux.md",
                "/dev/console is set up if terminal is enabled in the config by bind mounting the pseudoterminal pty to /dev/console."
            ) { t in
                let agent = try Agent("\(t.folder)/console")
                t.config["process.terminal"] = true
                t.script(
                    "test -t 0 && [ $(stat -c %t:%T /dev/console) = $(stat -L -c %t:%T /proc/self/fd/0) ] && touch /same"
                )
                try t.write()
                let outcome = try t.call(
                    "create", "--console-socket", "\(t.folder)/console", "--bundle", t.folder, t.id)
                try t.expect(outcome.status == 0, outcome.errors)
                let descriptors = try agent.receive().1
                defer { for descriptor in descriptors { close(descriptor) } }
                try t.expect(descriptors.count == 1, "no terminal is sent")
                try t.expect(try t.call("start", t.id).status == 0, "start fails")
                try t.wait(for: "the same device") { Files.exists("\(t.folder)/rootfs/same") }
            },
        ]
        + [("null", 1, 3), ("zero", 1, 5), ("full", 1, 7), ("random", 1, 8), ("urandom", 1, 9), ("tty", 5, 0)].map {
            name, major, minor in
            Case(
                "config-linux.md",
                "In addition to any devices configured with this setting, the runtime MUST also supply /dev/\(name)."
            ) { t in
                try t.prints("\(major) \(minor)", "stat -c '%t %T' /dev/\(name)")
            }
        }
}
