import Glibc
import Linux

/// Version, root and mounts of config.md.
extension Case {
    static let root: [Case] = [
        Case("config.md", "ociVersion MUST be in SemVer v2.0.0 format.") { t in
            t.config["ociVersion"] = "one"
            try t.refused()
        },
        Case("config.md", "ociVersion is REQUIRED.") { t in
            t.config["ociVersion"] = nil
            try t.refused()
        },
        Case("config.md", "root: on all other platforms, this field is REQUIRED.") { t in
            t.config["root"] = nil
            try t.refused()
        },
        Case("config.md", "root.path is either an absolute path or a relative path to the bundle.") { t in
            t.config["root.path"] = .text("\(t.folder)/rootfs")
            try t.prints("ran", "echo ran")
        },
        Case("config.md", "A directory MUST exist at the path declared by root.path.") { t in
            t.config["root.path"] = "none"
            try t.refused()
        },
        Case("config.md", "If root.readonly is true then the root filesystem MUST be read-only inside the container.") {
            t in
            t.config["root.readonly"] = true
            try t.prints("kept out", "touch /made 2>/dev/null || echo kept out")
        },
    ]

    static let mounts: [Case] =
        [
            Case("config.md", "The runtime MUST mount entries in the listed order.") { t in
                for name in ["first", "second"] {
                    try t.file("\(name)/name", name)
                    t.config.append(bound("/work", "\(t.folder)/\(name)"), to: "mounts")
                }
                try t.prints("second", "cat /work/name")
            },
            Case(
                "config.md",
                "destination MAY be a relative path, in which case it MUST be interpreted as relative to \"/\"."
            ) { t in
                try t.file("data/name", "here")
                t.config.append(bound("work", "\(t.folder)/data"), to: "mounts")
                try t.prints("here", "cat /work/name")
            },
            Case("config.md", "Path values for bind mounts are either absolute or relative to the bundle.") { t in
                try t.file("data/name", "here")
                t.config.append(bound("/work", "data"), to: "mounts")
                try t.prints("here", "cat /work/name")
            },
            Case("config.md", "If uidMappings is specified, it MUST be specified along with gidMappings.") { t in
                try t.file("data/name", "here")
                var mount = bound("/work", "\(t.folder)/data", ["idmap"])
                mount["uidMappings"] = [["containerID": 0, "hostID": 1000, "size": 10]]
                t.config.append(mount, to: "mounts")
                try t.refused()
            },
            Case(
                "config.md",
                "idmap: If uidMappings or gidMappings are specified for the mount, the runtime MUST use those values for the mount's mapping."
            ) { t in
                try t.file("data/name", "here")
                var mount = bound("/work", "\(t.folder)/data", ["idmap"])
                mount["uidMappings"] = [["containerID": 0, "hostID": 1000, "size": 10]]
                mount["gidMappings"] = [["containerID": 0, "hostID": 1001, "size": 10]]
                t.config.append(mount, to: "mounts")
                try t.prints("1000 1001", "stat -c '%u %g' /work/name")
            },
            Case(
                "config.md",
                "idmap: If there are no mappings specified and the container isn't using user namespaces, an error MUST be returned."
            ) { t in
                t.config.append(bound("/work", t.folder, ["idmap"]), to: "mounts")
                try t.refused()
            },
            Case(
                "config.md",
                "ridmap: If there are no mappings specified and the container isn't using user namespaces, an error MUST be returned."
            ) { t in
                t.config.append(bound("/work", t.folder, ["ridmap"]), to: "mounts")
                try t.refused()
            },
            Case("config.md", "tmpcopyup: copy up the contents to a tmpfs.") { t in
                try t.file("rootfs/work/name", "copied", mode: 0o640)
                t.config.append(
                    ["destination": "/work", "type": "tmpfs", "source": "tmpfs", "options": ["tmpcopyup"]], to: "mounts"
                )
                try t.prints("copied640", "cat /work/name; stat -c %a /work/name")
            },
            Case("config.md", "MUST implement the mount option rbind.") { t in
                try t.file("data/name", "here")
                t.config.append(
                    ["destination": "/work", "type": "none", "source": .text(t.folder), "options": ["rbind"]],
                    to: "mounts")
                try t.prints("here", "cat /work/data/name")
            },
            Case("config.md", "MUST implement the mount option remount.") { t in
                t.config.append(["destination": "/work", "type": "tmpfs", "source": "tmpfs"], to: "mounts")
                t.config.append(
                    ["destination": "/work", "type": "tmpfs", "source": "tmpfs", "options": ["remount", "ro"]],
                    to: "mounts")
                try t.prints("kept out", "touch /work/made 2>/dev/null || echo kept out")
            },
        ]
        + flags.map { option, shown in
            Case("config.md", "MUST implement the mount option \(option).") { t in
                try shows(t, ["nosuid", .text(option)], shown, type: "tmpfs")
            }
        }
        + propagations.map { option, shown in
            Case("config.md", "MUST implement the mount option \(option).") { t in
                try t.file("data/name")
                t.config.append(bound("/work", "\(t.folder)/data", [.text(option)]), to: "mounts")
                let outcome = try t.run("grep ' /work ' /proc/self/mountinfo")
                let optional = (outcome.lines.first ?? "").split(separator: " ").dropFirst(6).prefix { $0 != "-" }
                try t.expect(outcome.status == 0, outcome.errors)
                let tag = optional.first.map { String($0.prefix { $0 != ":" }) } ?? "none"
                try t.expect(tag == shown, "\(shown) is wanted, not \(tag)")
            }
        }
        + ["rro": "ro", "rnosuid": "nosuid", "rnodev": "nodev", "rnoexec": "noexec", "rnoatime": "noatime"].sorted {
            $0.key < $1.key
        }.map { option, shown in
            Case("config.md", "SHOULD implement the mount option \(option), for the mounts below too.") { t in
                try t.file("data/below/name")
                let below = "\(t.folder)/data/below"
                try t.expect(mount("none", below, "tmpfs", 0, nil) == 0, "the host mounts nothing")
                t.mounted.append(below)
                t.config.append(
                    [
                        "destination": "/work", "type": "none", "source": .text("\(t.folder)/data"),
                        "options": ["rbind", .text(option)],
                    ], to: "mounts")
                let outcome = try t.run("grep ' /work/below ' /proc/self/mountinfo")
                let words =
                    (outcome.lines.first ?? "").split(separator: " ").dropFirst(5).first?.split(separator: ",") ?? []
                try t.expect(words.contains { $0 == shown }, "\(shown) is not of \(words): \(outcome.errors)")
            }
        }

    /// Each option of config.md that concerns any mount, and the word of mountinfo that shows it; with `!` in front,
    /// one that must not be there.
    private static let flags: [(String, String)] = [
        ("async", "!sync"), ("atime", "!noatime"), ("defaults", "rw"), ("dev", "!nodev"), ("diratime", "!nodiratime"),
        ("dirsync", "dirsync"), ("exec", "!noexec"), ("iversion", "rw"), ("lazytime", "lazytime"), ("loud", "rw"),
        ("noatime", "noatime"), ("nodev", "nodev"), ("nodiratime", "nodiratime"), ("noexec", "noexec"),
        ("noiversion", "rw"), ("nolazytime", "!lazytime"), ("norelatime", "rw"), ("nostrictatime", "rw"),
        ("nosuid", "nosuid"), ("relatime", "relatime"), ("ro", "ro"), ("rw", "rw"), ("silent", "rw"),
        ("strictatime", "!relatime"), ("suid", "!nosuid"), ("sync", "sync"), ("nosymfollow", "nosymfollow"),
    ]
    private static let propagations = [
        ("private", "none"), ("rprivate", "none"), ("shared", "shared"), ("rshared", "shared"), ("slave", "any"),
        ("rslave", "any"), ("unbindable", "unbindable"), ("runbindable", "unbindable"),
    ].filter { $0.1 != "any" }

    static func bound(_ destination: String, _ source: String, _ options: [Document] = []) -> Document {
        [
            "destination": .text(destination), "type": "bind", "source": .text(source),
            "options": .list(["bind"] + options),
        ]
    }

    private static func shows(_ t: Trial, _ options: [Document], _ shown: String, type: String) throws {
        t.config.append(
            ["destination": "/work", "type": .text(type), "source": .text(type), "options": .list(options)],
            to: "mounts")
        let outcome = try t.run("grep ' /work ' /proc/self/mountinfo")
        try t.expect(outcome.status == 0, outcome.errors)
        let fields = (outcome.lines.first ?? "").split(separator: " ")
        let words = ((fields.dropFirst(5).first ?? "") + "," + (fields.last ?? "")).split(separator: ",").map(
            String.init)
        let isWanted = !shown.hasPrefix("!")
        let word = isWanted ? shown : String(shown.dropFirst())
        try t.expect(words.contains(word) == isWanted, "\(shown) of \(words)")
    }
}
