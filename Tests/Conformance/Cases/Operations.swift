import Glibc
import Linux

/// The operations of runtime.md.
extension Case {
    static let operations: [Case] = [
        needsID("state"), needsExisting("state"),
        Case(
            "runtime.md",
            "create MUST generate an error if it is not provided a path to the bundle and the container ID."
        ) { t in
            try t.write()
            try t.expect(try t.call("create", "--bundle", t.folder).status != 0, "no id is no error")
            try t.expect(
                try t.call("create", "--bundle", "\(t.folder)/none", t.id).status != 0, "no bundle is no error")
        },
        Case(
            "runtime.md",
            "If the ID provided is not unique, the implementation MUST generate an error and a new container MUST NOT be created."
        ) { t in
            try t.expect(try t.create("sleep 60").status == 0, "create fails")
            let pid = try t.state()["pid"]
            try t.expect(try t.create("sleep 60").status != 0, "it was created twice")
            try t.expect(try t.state()["pid"] == pid, "it is another now")
        },
        Case(
            "runtime.md",
            "If the ID provided is not valid, the implementation MUST generate an error and a new container MUST NOT be created."
        ) { t in
            try t.write()
            for id in ["", "../x", "a/b", "a b"] {
                try t.expect(try t.call("create", "--bundle", t.folder, id).status != 0, "\"\(id)\" is taken")
            }
        },
        Case("runtime.md", "All of the properties configured in config.json except for process MUST be applied.") { t in
            t.config["hostname"] = "given"
            try t.expect(try t.create("sleep 60").status == 0, "create fails")
            let outcome = try t.call("exec", t.id, "hostname")
            try t.expect(outcome.lines == ["given"], "the host name is \(outcome.output)\(outcome.errors)")
        },
        Case("runtime.md", "process.args MUST NOT be applied until triggered by the start operation.") { t in
            try t.expect(try t.create("echo ran").status == 0, "create fails")
            usleep(50_000)
            try t.expect(t.output.isEmpty, "it has run")
            try t.expect(try t.call("start", t.id).status == 0, "start fails")
            try t.wait(for: "its output") { t.output == "ran\n" }
        },
        Case(
            "runtime.md",
            "If the runtime cannot apply a property as specified in the configuration, it MUST generate an error and a new container MUST NOT be created."
        ) { t in
            t.config["linux.sysctl"] = ["net.no.such.thing": "1"]
            try t.refused()
        },
        needsID("start"), needsExisting("start"),
        Case(
            "runtime.md",
            "Attempting to start a container that is not created MUST have no effect on the container and MUST generate an error."
        ) { t in
            try t.expect(try t.create("echo ran; sleep 60").status == 0, "create fails")
            try t.expect(try t.call("start", t.id).status == 0, "start fails")
            try t.expect(try t.call("start", t.id).status != 0, "it was started twice")
            try t.expect(try t.status() == "running", "it is \(try t.status())")
        },
        Case("runtime.md", "start MUST run the user-specified program as specified by process.") { t in
            try t.expect(try t.create("echo ran").status == 0, "create fails")
            try t.expect(try t.call("start", t.id).status == 0, "start fails")
            try t.wait(for: "its output") { t.output == "ran\n" }
        },
        Case("runtime.md", "start MUST generate an error if process was not set.") { t in
            t.config["process"] = nil
            let created = try t.create().status == 0
            let started = try t.call("start", t.id).status == 0
            try t.expect(!created || !started, "it was started")
        },
        needsID("kill"),
        Case(
            "runtime.md",
            "Attempting to send a signal to a container that is neither created nor running MUST have no effect on the container and MUST generate an error."
        ) { t in
            try t.expect(try t.create("true").status == 0, "create fails")
            _ = try t.call("start", t.id)
            try t.wait(forStatus: "stopped")
            try t.expect(try t.call("kill", t.id, "KILL").status != 0, "it is no error")
            try t.expect(try t.call("kill", "nobody-\(t.id)", "KILL").status != 0, "nobody's is no error")
        },
        Case("runtime.md", "kill MUST send the specified signal to the container process.") { t in
            try t.expect(
                try t.create("trap 'echo heard; exit 0' USR1; echo ready; while :; do sleep 0.05; done").status == 0,
                "create fails")
            _ = try t.call("start", t.id)
            try t.wait(for: "ready") { t.output == "ready\n" }
            try t.expect(try t.call("kill", t.id, "USR1").status == 0, "kill fails")
            try t.wait(for: "heard") { t.output == "ready\nheard\n" }
        },
        Case("runtime.md", "A created container can be killed.") { t in
            try t.expect(try t.create("sleep 60").status == 0, "create fails")
            try t.expect(try t.call("kill", t.id, "KILL").status == 0, "kill fails")
            try t.wait(forStatus: "stopped")
        },
        needsID("delete"), needsExisting("delete"),
        Case(
            "runtime.md",
            "Attempting to delete a container that is not stopped MUST have no effect on the container and MUST generate an error."
        ) { t in
            try t.expect(try t.create("sleep 60").status == 0, "create fails")
            _ = try t.call("start", t.id)
            try t.expect(try t.call("delete", t.id).status != 0, "it is no error")
            try t.expect(try t.status() == "running", "it is \(try t.status())")
        },
        Case(
            "runtime.md",
            "Attempting to delete a container that is created MUST have no effect on the container and MUST generate an error."
        ) { t in
            try t.expect(try t.create("sleep 60").status == 0, "create fails")
            try t.expect(try t.call("delete", t.id).status != 0, "it is no error")
            try t.expect(t.exists, "it is gone")
        },
        Case("runtime.md", "Deleting a container MUST delete the resources that were created during the create step.") {
            t in
            try t.expect(try t.create("true").status == 0, "create fails")
            _ = try t.call("start", t.id)
            try t.wait(forStatus: "stopped")
            try t.expect(try t.call("delete", t.id).status == 0, "delete fails")
            try t.expect(!groupIsThere(t), "its control group is left")
            try t.expect(!t.exists, "its state is left")
        },
        Case(
            "runtime.md",
            "Resources associated with the container, but not created by this container, MUST NOT be deleted."
        ) { t in
            let data = try t.file("data/kept")
            t.config.append(
                ["destination": "/work", "type": "bind", "source": .text("\(t.folder)/data"), "options": ["bind"]],
                to: "mounts")
            try t.expect(try t.run("true").status == 0, "run fails")
            try t.expect(Files.exists(data), "a file of a mount is gone")
            try t.expect(Files.exists("\(t.folder)/rootfs/bin/busybox"), "the root file system is gone")
        },
        Case("runtime.md", "Once a container is deleted its ID MAY be used by a subsequent container.") { t in
            try t.expect(try t.run("true").status == 0, "the first fails")
            try t.expect(try t.run("true").status == 0, "the second fails")
        },
    ]

    private static func needsID(_ verb: String) -> Case {
        Case("runtime.md", "\(verb) MUST generate an error if it is not provided the container ID.") { t in
            try t.expect(try t.call(verb).status != 0, "it is no error")
        }
    }

    private static func needsExisting(_ verb: String) -> Case {
        Case("runtime.md", "Attempting to \(verb) a container that does not exist MUST generate an error.") { t in
            try t.expect(try t.call(verb, "nobody-\(t.id)").status != 0, "it is no error")
        }
    }
}
