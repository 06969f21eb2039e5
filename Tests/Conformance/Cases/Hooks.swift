import Glibc
import JSON
import Linux

/// The hooks of config.md.
extension Case {
    private static let names = [
        "prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop",
    ]

    static let hooks: [Case] =
        names.flatMap { name in
            [
                Case("config.md", "\(name): path MUST be absolute.") { t in
                    t.config["hooks.\(name)"] = [["path": "bin/true"]]
                    try t.expect(try t.run("true").status != 0, "it is no error")
                },
                Case("config.md", "\(name): If set, timeout MUST be greater than zero.") { t in
                    t.config["hooks.\(name)"] = [["path": "/bin/true", "timeout": 0]]
                    try t.expect(try t.run("true").status != 0, "it is no error")
                },
                Case("config.md", "\(name): timeout is the number of seconds before aborting the hook.") { t in
                    t.config["hooks.\(name)"] = [["path": "/bin/sh", "args": ["sh", "-c", "sleep 8"], "timeout": 1]]
                    let start = time(nil)
                    _ = try t.run("true")
                    try t.expect(time(nil) - start < 6, "it was waited for")
                },
            ]
        } + [
            resolves("prestart", inContainer: false), resolves("createRuntime", inContainer: false),
            resolves("createContainer", inContainer: false), resolves("startContainer", inContainer: true),
            resolves("poststart", inContainer: false), resolves("poststop", inContainer: false),
            executes("prestart", inContainer: false), executes("createRuntime", inContainer: false),
            executes("createContainer", inContainer: true), executes("startContainer", inContainer: true),
            executes("poststart", inContainer: false), executes("poststop", inContainer: false),
            Case("config.md", "Hooks MUST be called in the listed order.") { t in
                let log = "\(t.folder)/log"
                for name in names where name != "startContainer" {
                    t.config["hooks.\(name)"] = [t.hook("echo \(name)1 >> \(log)"), t.hook("echo \(name)2 >> \(log)")]
                }
                try t.expect(try t.run("true").status == 0, "run fails")
                let wanted = names.filter { $0 != "startContainer" }.flatMap { ["\($0)1", "\($0)2"] }
                let came = (Files.text(log) ?? "").split(separator: "\n").map(String.init)
                try t.expect(came == wanted, "they came as \(came)")
            },
            Case("config.md", "The prestart hooks MUST be called before the createRuntime hooks.") { t in
                try order(t, ["prestart", "createRuntime"])
            },
            Case("config.md", "The createContainer hooks MUST be called after the createRuntime hooks.") { t in
                try order(t, ["createRuntime", "createContainer"])
            },
            called("prestart"), called("createRuntime"), called("createContainer"),
            Case(
                "config.md",
                "The startContainer hooks MUST be called before the user-specified process is executed as part of the start operation."
            ) { t in
                t.config["hooks.startContainer"] = [t.hook("echo hook >> /log")]
                try t.expect(try t.create("echo program >> /log").status == 0, "create fails")
                try t.expect(!Files.exists("\(t.folder)/rootfs/log"), "it was called by create")
                _ = try t.call("start", t.id)
                try t.wait(forStatus: "stopped")
                try t.expect(Files.text("\(t.folder)/rootfs/log") == "hook\nprogram\n", "in another order")
            },
            Case(
                "config.md",
                "The poststart hooks MUST be called after the user-specified process is executed but before the start operation returns."
            ) { t in
                t.config["hooks.poststart"] = [t.hook("sleep 0.3; touch \(t.folder)/came")]
                try t.expect(try t.create("sleep 60").status == 0, "create fails")
                try t.expect(!Files.exists("\(t.folder)/came"), "it was called by create")
                try t.expect(try t.call("start", t.id).status == 0, "start fails")
                try t.expect(Files.exists("\(t.folder)/came"), "start has returned before")
            },
            Case(
                "config.md",
                "The poststop hooks MUST be called after the container is deleted but before the delete operation returns."
            ) { t in
                t.config["hooks.poststop"] = [t.hook("sleep 0.3; touch \(t.folder)/came")]
                try t.expect(try t.create("true").status == 0, "create fails")
                _ = try t.call("start", t.id)
                try t.wait(forStatus: "stopped")
                try t.expect(!Files.exists("\(t.folder)/came"), "it was called before")
                try t.expect(try t.call("delete", t.id).status == 0, "delete fails")
                try t.expect(Files.exists("\(t.folder)/came"), "delete has returned before")
            },
        ]
        + names.map { name in
            Case("config.md", "The state of the container MUST be passed to \(name) hooks over stdin.") { t in
                let inside = name == "startContainer"
                let file = inside ? "/given" : "\(t.folder)/given"
                t.config["hooks.\(name)"] = [t.hook("cat > \(file)")]
                try t.expect(try t.run("true").status == 0, "run fails")
                let bytes = try Files.read(inside ? "\(t.folder)/rootfs/given" : file)
                let state: Document = try JSON.decode(from: bytes)
                try t.expect(state["id"]?.string == t.id && state["bundle"]?.string == t.folder, "it is \(state)")
                let wanted = [
                    "prestart": "created", "createRuntime": "creating", "createContainer": "creating",
                    "startContainer": "created", "poststop": "stopped",
                ][name]
                let status = state["status"]?.string
                try t.expect(wanted == nil || status == wanted, "the status is \(status ?? "none")")
            }
        }

    private static func order(_ t: Trial, _ names: [String]) throws {
        let log = "\(t.folder)/log"
        for name in names { t.config["hooks.\(name)"] = [t.hook("echo \(name) >> \(log)")] }
        try t.expect(try t.run("true").status == 0, "run fails")
        let came = (Files.text(log) ?? "").split(separator: "\n").map(String.init)
        try t.expect(came == names, "they came as \(came)")
    }

    /// A hook that is called by `create`, when the mounts are there and the host's root is still in sight.
    private static func called(_ name: String) -> Case {
        Case(
            "config.md",
            "The \(name) hooks MUST be called as part of the create operation after the runtime environment has been created but before the pivot_root."
        ) { t in
            // In the runtime's namespace the container's mounts are seen through its process.
            let pid = name == "createContainer" ? "self" : "$(tr , '\\n' | grep '\"pid\"' | tr -dc 0-9)"
            t.config["hooks.\(name)"] = [t.hook("cp /proc/\(pid)/mountinfo \(t.folder)/seen")]
            try t.expect(try t.create("sleep 60").status == 0, "create fails")
            let seen = Files.text("\(t.folder)/seen") ?? ""
            try t.expect(seen.contains(" - devpts "), "the mounts are not made: \(seen.isEmpty ? "not called" : "")")
            try t.expect(
                seen.contains(" \(t.folder)/rootfs/proc ") || seen.contains(" /tmp")
                    || seen.split(separator: "\n").count > 6, "the root is entered")
        }
    }

    private static func resolves(_ name: String, inContainer: Bool) -> Case {
        Case(
            "config.md",
            "The \(name) hooks' path MUST resolve in the \(inContainer ? "container" : "runtime") namespace."
        ) { t in
            let place = inContainer ? "rootfs/only-here" : "only-here"
            let file = try t.file(place, "#!/bin/sh\nexit 0\n", mode: 0o755)
            t.config["hooks.\(name)"] = [["path": .text(inContainer ? "/only-here" : file)]]
            let outcome = try t.run("true")
            try t.expect(outcome.status == 0 && !outcome.errors.contains("only-here"), "not found: \(outcome.errors)")
        }
    }

    private static func executes(_ name: String, inContainer: Bool) -> Case {
        Case(
            "config.md", "The \(name) hooks MUST be executed in the \(inContainer ? "container" : "runtime") namespace."
        ) { t in
            let inside = name == "startContainer"
            let file = inside ? "/seen" : "\(t.folder)/seen"
            t.config["hooks.\(name)"] = [t.hook("readlink /proc/self/ns/uts > \(file)")]
            try t.expect(try t.run("true").status == 0, "run fails")
            let seen = Files.text(inside ? "\(t.folder)/rootfs/seen" : file)
            var own = [CChar](repeating: 0, count: 64)
            let length = readlink("/proc/self/ns/uts", &own, own.count - 1)
            let host = String(decoding: own[..<max(0, length)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
            try t.expect(seen?.hasPrefix("uts:") == true, "it has not run")
            try t.expect((seen != "\(host)\n") == inContainer, "it runs in the other")
        }
    }
}
