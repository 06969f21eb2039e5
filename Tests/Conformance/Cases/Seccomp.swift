import CLinux
import Glibc
import JSON
import Linux

/// Seccomp of config-linux.md.
extension Case {
    static let seccomp: [Case] = [
        Case("config-linux.md", "defaultAction is REQUIRED.") { t in
            t.config["linux.seccomp"] = ["syscalls": []]
            try t.refused()
        },
        Case(
            "config-linux.md",
            "syscalls match a syscall in seccomp; if errnoRet is not specified its default value is EPERM."
        ) { t in
            t.config["linux.seccomp"] = deny(["action": "SCMP_ACT_ERRNO"])
            try t.expect(try t.run("mkdir /made").errors.contains("not permitted"), "it is allowed")
        },
        Case("config-linux.md", "errnoRet: the errno return code to use.") { t in
            t.config["linux.seccomp"] = deny(["action": "SCMP_ACT_ERRNO", "errnoRet": 28])
            try t.expect(try t.run("mkdir /made").errors.contains("No space left"), "it is another")
        },
        Case("config-linux.md", "When the action doesn't support an errno, the runtime MUST print and error and fail.")
        { t in
            t.config["linux.seccomp"] = deny(["action": "SCMP_ACT_KILL", "errnoRet": 28])
            try t.refused()
        },
        Case(
            "config-linux.md",
            "defaultErrnoRet: When the action doesn't support an errno, the runtime MUST print and error and fail."
        ) { t in
            t.config["linux.seccomp"] = ["defaultAction": "SCMP_ACT_ALLOW", "defaultErrnoRet": 1, "syscalls": []]
            try t.refused()
        },
        Case("config-linux.md", "names MUST contain at least one entry.") { t in
            t.config["linux.seccomp"] = [
                "defaultAction": "SCMP_ACT_ALLOW", "syscalls": [["names": [], "action": "SCMP_ACT_ERRNO"]],
            ]
            try t.refused()
        },
        Case("config-linux.md", "args: the specific syscall in seccomp.") { t in
            // 0o40000 is the type of the second argument that only the second script asks for.
            t.config["linux.seccomp"] = [
                "defaultAction": "SCMP_ACT_ALLOW",
                "syscalls": [
                    [
                        "names": ["kill"], "action": "SCMP_ACT_ERRNO",
                        "args": [["index": 1, "value": 10, "op": "SCMP_CMP_EQ"]],
                    ]
                ],
            ]
            try t.prints("denied\nallowed", "kill -10 $$ 2>/dev/null || echo denied; kill -0 $$ && echo allowed")
        },
        Case("config-linux.md", "flags: list of flags to use with seccomp(2).") { t in
            t.config["linux.seccomp"] = deny(["action": "SCMP_ACT_ERRNO"])
            t.config["linux.seccomp.flags"] = ["SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW"]
            try t.prints("Seccomp:\t2", "grep Seccomp: /proc/self/status")
        },
        Case("config-linux.md", "listenerMetadata: This field MUST NOT be set if listenerPath is not set.") { t in
            t.config["linux.seccomp"] = deny(["action": "SCMP_ACT_ERRNO"])
            t.config["linux.seccomp.listenerMetadata"] = "x"
            try t.refused()
        },
        Case("config-linux.md", "listenerPath: If sending to this socket fails, the runtime MUST generate an error.") {
            t in
            t.config["linux.seccomp"] = deny(["action": "SCMP_ACT_NOTIFY"])
            t.config["linux.seccomp.listenerPath"] = .text("\(t.folder)/nobody-listens")
            try t.expect(try t.run("true").status != 0, "it is no error")
        },
        Case("config-linux.md", "listenerPath: If the SCMP_ACT_NOTIFY action is not used this value is ignored.") { t in
            t.config["linux.seccomp"] = deny(["action": "SCMP_ACT_ERRNO"])
            t.config["linux.seccomp.listenerPath"] = .text("\(t.folder)/nobody-listens")
            try t.prints("ran", "echo ran")
        },
        Case(
            "config-linux.md",
            "The runtime MUST send exactly one container process state per connection, serialized in JSON, and file descriptors MUST be sent using SCM_RIGHTS."
        ) { t in
            let agent = try Agent("\(t.folder)/agent")
            t.config["linux.seccomp"] = deny(["action": "SCMP_ACT_NOTIFY"])
            t.config["linux.seccomp.listenerPath"] = .text("\(t.folder)/agent")
            t.config["linux.seccomp.listenerMetadata"] = "as given"
            try t.expect(try t.create("sleep 60").status == 0, "create fails")
            _ = try t.call("start", t.id)
            let (text, descriptors) = try agent.receive()
            for descriptor in descriptors { close(descriptor) }
            let state: Document = try JSON.decode(from: text)
            try t.expect(descriptors.count == 1, "\(descriptors.count) descriptors")
            try t.expect(state["fds"] == ["seccompFd"], "fds: \(state)")
            try t.expect(state["metadata"]?.string == "as given", "metadata")
            try t.expect(state["state"]?["id"]?.string == t.id, "state")
            try t.expect((state["pid"]?.integer ?? 0) > 0, "pid")
            try t.expect(try agent.isEmpty(), "the connection is used again")
        },
    ]

    private static func deny(_ rule: Document) -> Document {
        var rule = rule
        rule["names"] = ["mkdir", "mkdirat"]
        return ["defaultAction": "SCMP_ACT_ALLOW", "syscalls": [rule]]
    }
}
