import Glibc
import JSON
import Linux

/// features.md and features-linux.md.
extension Case {
    static let features: [Case] = [
        about("ociVersionMin and ociVersionMax are REQUIRED.") { t, document in
            for name in ["ociVersionMin", "ociVersionMax"] { try t.expect(document[name]?.string != nil, name) }
        },
        about("The runtime MUST accept ociVersionMin as the ociVersion property of config.json.") { t, document in
            t.config["ociVersion"] = document["ociVersionMin"]
            try t.prints("ran", "echo ran")
        },
        about("The runtime MUST accept ociVersionMax as the ociVersion property of config.json.") { t, document in
            t.config["ociVersion"] = document["ociVersionMax"]
            try t.prints("ran", "echo ran")
        },
        about("The value of ociVersionMax MUST NOT be less than the value of the ociVersionMin property.") {
            t, document in
            func numbers(_ name: String) -> [Int] {
                (document[name]?.string ?? "").prefix { $0 != "-" }.split(separator: ".").compactMap { Int($0) }
            }
            try t.expect(!numbers("ociVersionMax").lexicographicallyPrecedes(numbers("ociVersionMin")), "it is")
        },
        about("The feature document MUST NOT contain properties that are not defined in the specification.") {
            t, document in
            let known = Set([
                "ociVersionMin", "ociVersionMax", "hooks", "mountOptions", "linux", "annotations",
                "potentiallyUnsafeConfigAnnotations",
            ])
            let parts = Set([
                "namespaces", "capabilities", "cgroup", "seccomp", "apparmor", "selinux", "intelRdt", "mountExtensions",
                "netDevices", "memoryPolicy",
            ])
            try t.expect(Set(document.keys).isSubset(of: known), "\(document.keys)")
            try t.expect(Set(document["linux"]?.keys ?? []).isSubset(of: parts), "\(document["linux"]?.keys ?? [])")
        },
        about("The runtime MUST support the elements of hooks as the hooks property of config.json.") { t, document in
            for name in document["hooks"]?.strings ?? [] {
                t.config["hooks.\(name)"] = [["path": "/bin/true"]]
            }
            try t.prints("ran", "echo ran")
        },
        about(
            "The runtime MUST recognize the elements of mountOptions as the options of mounts objects in config.json."
        ) { t, document in
            // Those that need mappings, or something that is mounted already, have cases of their own.
            let special = ["idmap", "ridmap", "remount", "bind", "rbind"]
            for option in document["mountOptions"]?.strings ?? [] where !special.contains(option) {
                try t.file("data/name")
                let mount = bound("/work", "\(t.folder)/data", [.text(option)])
                let before = t.config
                t.config.append(mount, to: "mounts")
                let outcome = try t.run("true")
                try t.expect(outcome.status == 0 || option == "tmpcopyup", "\(option): \(outcome.errors)")
                t.config = before
            }
        },
        about("The runtime MUST recognize the elements of namespaces as the type of linux.namespaces objects.") {
            t, document in
            let names = document["linux.namespaces"]?.strings ?? []
            t.config["linux.namespaces"] = .list(names.filter { $0 != "user" }.map { ["type": .text($0)] })
            try t.prints("ran", "echo ran")
        },
        about("The runtime MUST recognize the elements of capabilities in the process.capabilities object.") {
            t, document in
            t.config["process.capabilities.bounding"] = document["linux.capabilities"]
            let outcome = try t.run("echo ran")
            try t.expect(outcome.lines == ["ran"], outcome.errors)
        },
        about("The runtime MUST recognize the elements of seccomp.actions in syscalls[].action.") { t, document in
            for action in document["linux.seccomp.actions"]?.strings ?? [] where action != "SCMP_ACT_NOTIFY" {
                try compiles(t, ["names": ["swapoff"], "action": .text(action)])
            }
        },
        about("The runtime MUST recognize the elements of seccomp.operators in syscalls[].args[].op.") { t, document in
            for operation in document["linux.seccomp.operators"]?.strings ?? [] {
                let argument: Document = ["index": 0, "value": 1, "valueTwo": 1, "op": .text(operation)]
                try compiles(t, ["names": ["swapoff"], "action": "SCMP_ACT_ERRNO", "args": [argument]])
            }
        },
        about("The runtime MUST recognize the elements of seccomp.archs in the architectures property.") {
            t, document in
            let big = ["MIPS", "MIPS64", "MIPS64N32", "PPC", "PPC64", "S390", "S390X", "PARISC", "PARISC64"]
            for name in document["linux.seccomp.archs"]?.strings ?? [] {
                // libseccomp refuses architectures of the other byte order in one filter.
                if big.contains(String(name.dropFirst(10))) { continue }
                try compiles(t, ["names": ["swapoff"], "action": "SCMP_ACT_ERRNO"], ["architectures": [.text(name)]])
            }
        },
        about("The runtime MUST recognize and support the elements of seccomp.supportedFlags in the flags property.") {
            t, document in
            for flag in document["linux.seccomp.supportedFlags"]?.strings ?? [] {
                // This one only makes sense with a listener.
                if flag == "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV" { continue }
                try compiles(t, ["names": ["swapoff"], "action": "SCMP_ACT_ERRNO"], ["flags": [.text(flag)]])
            }
        },
        about("In such cases, runtimes MUST still set mountExtensions.idmap.enabled to true.") { t, document in
            try t.expect(document["linux.mountExtensions.idmap.enabled"] == true, "it is not")
        },
        about("Annotations MUST be a key-value map.") { t, document in
            guard let annotations = document["annotations"] else { return }
            try t.expect(
                annotations.keys.allSatisfy { annotations[$0]?.string != nil || $0.contains(".") }, "\(annotations)")
        },
    ]

    private static func about(_ sentence: String, _ body: @escaping @Sendable (Trial, Document) throws -> Void) -> Case
    {
        Case("features.md", sentence) { t in
            let outcome = try t.call("features")
            if outcome.status != 0 { throw Trial.Skipped(description: "\(t.runtime.name) has no features verb") }
            try body(t, try JSON.decode(from: Array(outcome.output.utf8)))
        }
    }

    private static func compiles(_ t: Trial, _ rule: Document, _ more: Document = [:]) throws {
        var profile: Document = ["defaultAction": "SCMP_ACT_ALLOW", "syscalls": [rule]]
        for key in more.keys { profile[key] = more[key] }
        t.config["linux.seccomp"] = profile
        let outcome = try t.run("true")
        try t.expect(outcome.status == 0, "\(rule) \(more): \(outcome.errors)")
    }
}
