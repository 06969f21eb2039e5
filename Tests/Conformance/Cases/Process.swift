import Glibc
import Linux

/// The process of config.md, names, annotations and the rest of it.
extension Case {
    static let process: [Case] = [
        Case("config.md", "Runtimes MUST ignore consoleSize if terminal is false or unset.") { t in
            for size in [["height": 10, "width": 20], ["height": -1], "large"] as [Document] {
                t.config["process.consoleSize"] = size
                try t.prints("ran", "echo ran")
            }
        },
        Case("config.md", "terminal specifies whether a terminal is attached to the process, defaults to false.") { t in
            try t.prints("none", "test -t 0 || test -t 1 || echo none")
        },
        Case("config.md", "cwd: this value MUST be an absolute path.") { t in
            t.config["process.cwd"] = "work"
            try t.refused()
        },
        Case("config.md", "cwd is the working directory that will be set for the executable.") { t in
            t.config["process.cwd"] = "/work"
            try t.prints("/work", "pwd")
        },
        Case("config.md", "env with the same semantics as IEEE Std 1003.1-2008's environ.") { t in
            t.config["process.env"] = ["PATH=/bin", "A=b=c", "EMPTY="]
            try t.prints("b=c ", "echo \"$A $EMPTY\"")
        },
        Case("config.md", "args: at least one entry is REQUIRED.") { t in
            t.config["process.args"] = []
            try t.refused()
        },
        Case("config.md", "args: that entry is used with the same semantics as execvp's file.") { t in
            t.config["process.args"] = ["echo", "found"]
            try t.write()
            let outcome = try t.call("run", "--bundle", t.folder, t.id)
            try t.expect(outcome.lines == ["found"], outcome.errors)
        },
        Case(
            "config.md",
            "rlimits: The runtime MUST generate an error for any values which cannot be mapped to a relevant kernel interface."
        ) { t in
            t.config["process.rlimits"] = [["type": "RLIMIT_NONE", "soft": 1, "hard": 1]]
            try t.refused()
        },
        Case("config.md", "rlimits: rlim.rlim_cur MUST match the configured value.") { t in
            t.config["process.rlimits"] = [["type": "RLIMIT_NOFILE", "soft": 100, "hard": 200]]
            try t.prints("100", "ulimit -Sn")
        },
        Case("config.md", "rlimits: rlim.rlim_max MUST match the configured value.") { t in
            t.config["process.rlimits"] = [["type": "RLIMIT_NOFILE", "soft": 100, "hard": 200]]
            try t.prints("200", "ulimit -Hn")
        },
        Case("config.md", "If rlimits contains duplicated entries with same type, the runtime MUST generate an error.")
        { t in
            let limit: Document = ["type": "RLIMIT_NOFILE", "soft": 100, "hard": 200]
            t.config["process.rlimits"] = [limit, limit]
            try t.refused()
        },
        Case(
            "config.md",
            "capabilities: Any value which cannot be mapped to a relevant kernel interface MUST be logged as a warning by the runtime."
        ) { t in
            t.config.append("CAP_NO_SUCH", to: "process.capabilities.bounding")
            let outcome = try t.run("true")
            try t.expect(outcome.status == 0, "it fails: \(outcome.errors)")
            try t.expect(outcome.errors.contains("CAP_NO_SUCH"), "nothing is logged")
        },
        capabilities("effective", "CapEff"), capabilities("bounding", "CapBnd"), capabilities("permitted", "CapPrm"),
        capabilities("inheritable", "CapInh"), capabilities("ambient", "CapAmb"),
        Case("config.md", "noNewPrivileges prevents the process from gaining additional privileges.") { t in
            try t.prints("NoNewPrivs:\t1", "grep NoNewPrivs /proc/self/status")
        },
        Case("config.md", "If oomScoreAdj is set, the runtime MUST set oom_score_adj to the given value.") { t in
            t.config["process.oomScoreAdj"] = 321
            try t.prints("321", "cat /proc/self/oom_score_adj")
        },
        Case("config.md", "If oomScoreAdj is not set, the runtime MUST NOT change the value of oom_score_adj.") { t in
            let own = (Files.text("/proc/self/oom_score_adj") ?? "").filter { !$0.isNewline }
            try t.prints(own, "cat /proc/self/oom_score_adj")
        },
        Case("config.md", "scheduler: nice is the nice value for the process.") { t in
            t.config["process.scheduler"] = ["policy": "SCHED_BATCH", "nice": 7]
            try t.prints("7 3", "awk '{print $19, $41}' /proc/self/stat")
        },
        Case("config.md", "ioPriority configures the I/O priority settings for the container's processes.") { t in
            t.config["process.ioPriority"] = ["class": "IOPRIO_CLASS_IDLE", "priority": 0]
            try t.prints("idle", "ionice | cut -d : -f 1")
        },
        Case("config.md", "uid and gid specify the user and group ID in the container namespace.") { t in
            t.config["process.user"] = ["uid": 1000, "gid": 1001]
            try t.prints("1000 1001", "echo $(id -u) $(id -g)")
        },
        Case("config.md", "umask specifies the umask of the user.") { t in
            t.config["process.user.umask"] = 0o027
            try t.prints("0027", "umask")
        },
        Case("config.md", "additionalGids specifies additional group IDs to be added to the process.") { t in
            t.config["process.user.additionalGids"] = [7, 9]
            try t.prints("0 7 9", "id -G")
        },
        Case(
            "config.md",
            "hostname specifies the container's hostname as seen by processes running inside the container."
        ) { t in
            t.config["hostname"] = "given"
            try t.prints("given", "hostname")
        },
        Case(
            "config.md",
            "domainname specifies the container's domainname as seen by processes running inside the container."
        ) { t in
            t.config["domainname"] = "example.test"
            try t.prints("example.test", "cat /proc/sys/kernel/domainname")
        },
        Case("config.md", "Annotations MUST be a key-value map.") { t in
            t.config["annotations"] = ["a"]
            try t.refused()
        },
        Case("config.md", "Annotations: keys MUST NOT be an empty string.") { t in
            t.config["annotations"] = .object(["": "x"])
            try t.refused()
        },
        Case("config.md", "Annotations: values MUST be strings.") { t in
            t.config["annotations"] = ["a": 1]
            try t.refused()
        },
        Case("config.md", "Runtimes MUST handle unknown annotation keys like any other unknown property.") { t in
            t.config["annotations"] = ["test.unknown": "x"]
            try t.prints("ran", "echo ran")
        },
        Case("config.md", "Runtimes MAY log unknown properties but MUST otherwise ignore them.") { t in
            t.config["unknown"] = ["a": 1]
            t.config["linux.unknown"] = "b"
            t.config["process.unknown"] = [1]
            try t.prints("ran", "echo ran")
        },
        Case("config.md", "Runtimes MUST generate an error when invalid or unsupported values are encountered.") { t in
            t.config["process.args"] = 7
            try t.refused()
            t.config["process.args"] = ["true"]
            t.config["linux.rootfsPropagation"] = "sideways"
            try t.refused()
        },
    ]

    private static func capabilities(_ set: String, _ field: String) -> Case {
        Case("config.md", "capabilities: \(set) is an array of \(set) capabilities that are kept for the process.") {
            t in
            t.config["process.user"] = ["uid": 5, "gid": 5]
            var sets: Document = [:]
            for name in ["bounding", "effective", "permitted", "inheritable", "ambient"] { sets[name] = ["CAP_KILL"] }
            t.config["process.capabilities"] = sets
            try t.prints("\(field):\t0000000000000020", "grep \(field) /proc/self/status")
        }
    }
}
