import Glibc
import JSON
import Linux

/// bundle.md, and the lifecycle and state of runtime.md.
extension Case {
    static let bundle: [Case] = [
        Case(
            "bundle.md",
            "This REQUIRED file MUST reside in the root of the bundle directory and MUST be named config.json."
        ) { t in
            try t.write()
            rename("\(t.folder)/config.json", "\(t.folder)/configuration.json")
            try t.expect(try t.call("create", "--bundle", t.folder, t.id).status != 0, "it was created")
        }
    ]

    static let lifecycle: [Case] = [
        Case("runtime.md", "The state of a container includes ociVersion, id, status, pid and bundle.") { t in
            try t.expect(try t.create("sleep 60").status == 0, "create fails")
            let state = try t.state()
            try t.expect(state["ociVersion"]?.string != nil, "ociVersion")
            try t.expect(state["id"]?.string == t.id, "id")
            try t.expect(state["status"]?.string == "created", "status")
            try t.expect((state["pid"]?.integer ?? 0) > 0, "pid")
            try t.expect(state["bundle"]?.string == t.folder, "bundle")
        },
        Case("runtime.md", "annotations contains the list of annotations associated with the container.") { t in
            t.config["annotations"] = ["key": "value"]
            try t.expect(try t.create("sleep 60").status == 0, "create fails")
            try t.expect(try t.state()["annotations"]?["key"]?.string == "value", "they are not there")
        },
        Case("runtime.md", "created: the container process has neither exited nor executed the user-specified program.")
        { t in
            try t.expect(try t.create("touch /ran").status == 0, "create fails")
            usleep(50_000)
            try t.expect(try t.status() == "created", "it is \(try t.status())")
            try t.expect(!Files.exists("\(t.folder)/rootfs/ran"), "the program has run")
        },
        Case("runtime.md", "running: the container process has executed the user-specified program but has not exited.")
        { t in
            try t.expect(try t.create("sleep 60").status == 0, "create fails")
            try t.expect(try t.call("start", t.id).status == 0, "start fails")
            try t.expect(try t.status() == "running", "it is \(try t.status())")
        },
        Case("runtime.md", "stopped: the container process has exited.") { t in
            try t.expect(try t.create("true").status == 0, "create fails")
            try t.expect(try t.call("start", t.id).status == 0, "start fails")
            try t.wait(forStatus: "stopped")
        },
        Case(
            "runtime.md",
            "The container's runtime environment MUST be created according to the configuration in config.json."
        ) { t in
            t.config["hostname"] = "given"
            try t.prints("given", "hostname")
        },
        Case(
            "runtime.md",
            "If the runtime is unable to create the environment specified in the config.json, it MUST generate an error."
        ) { t in
            t.config.append(["destination": "/x", "type": "no-such-file-system"], to: "mounts")
            try t.refused()
        },
        Case("runtime.md", "The user-specified program MUST NOT be run at this time.") { t in
            try t.expect(try t.create("touch /ran").status == 0, "create fails")
            usleep(50_000)
            try t.expect(!Files.exists("\(t.folder)/rootfs/ran"), "it has run")
        },
        Case("runtime.md", "Any updates to config.json after this step MUST NOT affect the container.") { t in
            try t.expect(try t.create("touch /first").status == 0, "create fails")
            t.script("touch /second")
            try t.write()
            try t.expect(try t.call("start", t.id).status == 0, "start fails")
            try t.wait(forStatus: "stopped")
            try t.expect(Files.exists("\(t.folder)/rootfs/first"), "the first program has not run")
        },
        hookFailure("prestart"), hookFailure("createRuntime"), hookFailure("createContainer"),
        Case(
            "runtime.md",
            "If any startContainer hook fails, the runtime MUST generate an error, stop the container, and continue the lifecycle at step 12."
        ) { t in
            t.config["hooks.startContainer"] = [["path": "/bin/sh", "args": ["sh", "-c", "exit 3"]]]
            try failsAtStart(t)
        },
        Case(
            "runtime.md",
            "If any poststart hook fails, the runtime MUST generate an error, stop the container, and continue the lifecycle at step 12."
        ) { t in
            t.config["ociVersion"] = "1.3.0"
            t.config["hooks.poststart"] = [["path": "/bin/false"]]
            try failsAtStart(t)
        },
        Case(
            "runtime.md",
            "Until version 1.2: If any poststart hook fails, the runtime MUST log a warning, but the remaining hooks and lifecycle continue as if the hook had succeeded."
        ) { t in
            t.config["hooks.poststart"] = [t.hook("exit 3"), t.hook("touch \(t.folder)/went-on")]
            try t.expect(try t.create("sleep 60").status == 0, "create fails")
            let outcome = try t.call("start", t.id)
            try t.expect(outcome.status == 0, "start fails: \(outcome.errors)")
            try t.expect(!outcome.errors.isEmpty, "nothing is logged")
            try t.expect(Files.exists("\(t.folder)/went-on"), "the next hook has not run")
            try t.wait(forStatus: "running")
        },
        Case(
            "runtime.md",
            "If any poststop hook fails, the runtime MUST log a warning, but the remaining hooks and lifecycle continue as if the hook had succeeded."
        ) { t in
            t.config["hooks.poststop"] = [t.hook("exit 3"), t.hook("touch \(t.folder)/went-on")]
            let outcome = try t.run("true")
            try t.expect(outcome.status == 0, "status \(outcome.status)")
            try t.expect(!outcome.errors.isEmpty, "nothing is logged")
            try t.expect(Files.exists("\(t.folder)/went-on"), "the next hook has not run")
        },
        Case("runtime.md", "The container MUST be destroyed by undoing the steps performed during create phase.") { t in
            try t.expect(try t.create("true").status == 0, "create fails")
            let mounts = Files.text("/proc/self/mountinfo")
            try t.expect(try t.call("delete", "--force", t.id).status == 0, "delete fails")
            try t.expect(!groupIsThere(t), "its control group is left")
            try t.expect(Files.text("/proc/self/mountinfo") == mounts, "the host's mounts are others")
        },
        Case("runtime.md", "The poststop hooks MUST be invoked by the runtime.") { t in
            t.config["hooks.poststop"] = [t.hook("touch \(t.folder)/came")]
            try t.expect(try t.run("true").status == 0, "run fails")
            try t.expect(Files.exists("\(t.folder)/came"), "it was not")
        },
        Case(
            "runtime.md",
            "Generating an error MUST leave the state of the environment as if the operation were never attempted."
        ) { t in
            t.config.append(["destination": "/x", "type": "no-such-file-system"], to: "mounts")
            _ = try t.create()
            try t.expect(!t.exists, "a container is left")
            try t.expect(!groupIsThere(t), "a control group is left")
        },
    ]

    private static func hookFailure(_ name: String) -> Case {
        Case(
            "runtime.md",
            "If any \(name) hook fails, the runtime MUST generate an error, stop the container, and continue the lifecycle at step 12."
        ) { t in
            t.config["hooks.\(name)"] = [["path": "/bin/false"]]
            t.config["hooks.poststop"] = [t.hook("touch \(t.folder)/came")]
            try t.refused()
            try t.expect(Files.exists("\(t.folder)/came"), "the poststop hook was not invoked")
        }
    }

    private static func failsAtStart(_ t: Trial) throws {
        t.config["hooks.poststop"] = [t.hook("touch \(t.folder)/came")]
        try t.expect(try t.create("sleep 60").status == 0, "create fails")
        try t.expect(try t.call("start", t.id).status != 0, "start reports no error")
        try t.wait(for: "the end") { try !t.exists || t.status() == "stopped" }
        if t.exists { _ = try t.call("delete", t.id) }
        try t.expect(Files.exists("\(t.folder)/came"), "the poststop hook was not invoked")
    }

    /// Whether the host has the trial's control group in any tree.
    static func groupIsThere(_ t: Trial) -> Bool {
        let trees = ((try? Files.names(in: "/sys/fs/cgroup")) ?? []).map { "/sys/fs/cgroup/\($0)" }
        return (trees + ["/sys/fs/cgroup"]).contains { Files.exists("\($0)/boxtop-conformance/\(t.id)") }
    }
}
