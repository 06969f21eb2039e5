import JSON
import OCI
import RuntimeCore
import TestSupport
import Testing

@Suite struct ReadingTests {
    /// Every field of every type once, so that a field that the reading by hand forgets is found.
    private static let full = #"""
        {"ociVersion": "1.2.0", "hostname": "h", "domainname": "d", "annotations": {"a": "b"},
         "root": {"path": "rootfs", "readonly": true},
         "process": {"terminal": true, "consoleSize": {"height": 24, "width": 80},
          "user": {"uid": 1, "gid": 2, "umask": 18, "additionalGids": [3, 4]}, "args": ["sh", "-c"], "env": ["A=é"],
          "cwd": "/w", "noNewPrivileges": true, "oomScoreAdj": -5, "apparmorProfile": "p", "selinuxLabel": "l",
          "capabilities": {"bounding": ["CAP_KILL"], "effective": ["CAP_KILL"], "inheritable": ["CAP_CHOWN"],
           "permitted": ["CAP_KILL"], "ambient": ["CAP_KILL"]},
          "rlimits": [{"type": "RLIMIT_NOFILE", "hard": 18446744073709551615, "soft": 1024}],
          "ioPriority": {"class": "IOPRIO_CLASS_BE", "priority": 3},
          "scheduler": {"policy": "SCHED_DEADLINE", "nice": 1, "priority": 2, "flags": ["SCHED_FLAG_RECLAIM"],
           "runtime": 1, "deadline": 2, "period": 3},
          "execCPUAffinity": {"initial": "0", "final": "1"}},
         "mounts": [{"destination": "/data", "type": "bind", "source": "/srv", "options": ["rbind", "ro"],
           "uidMappings": [{"containerID": 0, "hostID": 1000, "size": 10}],
           "gidMappings": [{"containerID": 0, "hostID": 2000, "size": 20}]}],
         "hooks": {"prestart": [{"path": "/a", "args": ["a"], "env": ["B=c"], "timeout": 3}],
          "createRuntime": [{"path": "/b"}], "createContainer": [{"path": "/c"}], "startContainer": [{"path": "/d"}],
          "poststart": [{"path": "/e"}], "poststop": [{"path": "/f"}]},
         "linux": {"namespaces": [{"type": "pid"}, {"type": "network", "path": "/proc/1/ns/net"}],
          "uidMappings": [{"containerID": 0, "hostID": 100000, "size": 65536}],
          "gidMappings": [{"containerID": 0, "hostID": 100000, "size": 65536}],
          "timeOffsets": {"monotonic": {"secs": 1, "nanosecs": 2}},
          "devices": [{"type": "c", "path": "/dev/x", "major": 1, "minor": 2, "fileMode": 438, "uid": 3, "gid": 4}],
          "cgroupsPath": "/g", "sysctl": {"net.ipv4.ip_forward": "1"}, "maskedPaths": ["/m"], "readonlyPaths": ["/r"],
          "rootfsPropagation": "rslave", "mountLabel": "m",
          "netDevices": {"eth1": {"name": "data0"}}, "personality": {"domain": "LINUX32", "flags": ["x"]},
          "resources": {"devices": [{"allow": true, "type": "c", "major": 1, "minor": -1, "access": "rw"}],
           "memory": {"limit": 1, "reservation": 2, "swap": 3, "swappiness": 4, "disableOOMKiller": true,
            "kernel": 6, "kernelTCP": 7, "useHierarchy": true, "checkBeforeUpdate": false},
           "cpu": {"shares": 1, "quota": -1, "period": 2, "burst": 3, "cpus": "0", "mems": "0", "idle": 1,
            "realtimeRuntime": -4, "realtimePeriod": 5},
           "rdma": {"mlx5_0": {"hcaHandles": 3, "hcaObjects": 4}},
           "pids": {"limit": 5}, "unified": {"memory.high": "1"},
           "blockIO": {"weight": 10, "throttleReadBpsDevice": [{"major": 8, "minor": 0, "rate": 1}],
            "throttleWriteBpsDevice": [{"major": 8, "minor": 0, "rate": 2}],
            "throttleReadIOPSDevice": [{"major": 8, "minor": 0, "rate": 3}],
            "throttleWriteIOPSDevice": [{"major": 8, "minor": 0, "rate": 4}]},
           "hugepageLimits": [{"pageSize": "2MB", "limit": 6}]},
          "seccomp": {"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38, "architectures": ["SCMP_ARCH_X86_64"],
           "flags": ["SECCOMP_FILTER_FLAG_LOG"], "listenerPath": "/l", "listenerMetadata": "m",
           "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW", "errnoRet": 1,
             "args": [{"index": 0, "value": 1, "valueTwo": 2, "op": "SCMP_CMP_EQ"}]}]}}}
        """#

    @Test func `config.json is read by hand as Decodable reads it`() throws {
        let bytes = Array(Self.full.utf8)
        let spec = try RuntimeSpec.read(bytes)
        #expect(spec == (try JSON.decode(RuntimeSpec.self, from: bytes)))
    }

    @Test func `what is to be done at the end is read alone as it is with the rest`() throws {
        let end = try RuntimeSpec.readEnd(Array(Self.full.utf8))
        #expect(end.ociVersion == "1.2.0")
        #expect(end.hooks == [RuntimeSpec.Hook(path: "/f")])
        #expect(try RuntimeSpec.readEnd(Array(#"{"ociVersion": "1.0.0"}"#.utf8)).hooks == [])
    }

    @Test func `whatever stands in a value's place, what Decodable reads is read so by hand`() {
        let texts = distortions(of: Self.full)
        #expect(texts.count > 2_000)
        for text in texts {
            let bytes = Array(text.utf8)
            let (byHand, decoded) = (try? RuntimeSpec.read(bytes), try? JSON.decode(RuntimeSpec.self, from: bytes))
            #expect(decoded == nil || byHand == decoded, "\(text)")
        }
    }

    @Test func `a key that is not known changes nothing`() throws {
        for place in ["\"ociVersion\":", "\"user\":", "\"uid\":", "\"destination\":", "\"namespaces\":", "\"pids\":"] {
            let text = Self.full.replacing(place, with: "\"x-new\": [1], \(place)")
            #expect(text != Self.full)
            #expect(try RuntimeSpec.read(Array(text.utf8)) == RuntimeSpec.read(Array(Self.full.utf8)), "\(place)")
        }
    }

    @Test(arguments: ["", ", \"terminal\": false", ", \"new\": 1"])
    func `a terminal's size is nothing to a process without one, whatever it says`(rest: String) throws {
        for size in [#"{"height": 24, "width": 80}"#, #"{"height": -1}"#, "7"] {
            let process = #"{"user": {"uid": 1, "gid": 2}, "cwd": "/", "consoleSize": \#(size)\#(rest)}"#
            let text = #"{"ociVersion": "1.0.0", "process": \#(process)}"#
            #expect(try RuntimeSpec.read(Array(text.utf8)).process?.consoleSize == nil, "\(text)")
        }
    }

    @Test func `an empty config.json is read`() throws {
        #expect(try RuntimeSpec.read(Array(#"{"ociVersion": "1.0.0"}"#.utf8)) == RuntimeSpec(ociVersion: "1.0.0"))
    }

    @Test(arguments: [
        (#"{}"#, "ociVersion: it is missing"),
        (#"[]"#, "an object is wanted, not []"),
        (#"{"ociVersion": 1}"#, "ociVersion: a string is wanted, not 1"),
        (
            #"{"ociVersion": "1", "mounts": [{"destination": "/a"}, {"type": 3}]}"#,
            "mounts[1].destination: it is missing"
        ),
        (
            #"{"ociVersion": "1", "mounts": [{"destination": "/a", "type": 3}]}"#,
            "mounts[0].type: a string is wanted, not 3"
        ),
        (#"{"ociVersion": "1", "process": {"cwd": "/"}}"#, "process.user: it is missing"),
        (
            #"{"ociVersion": "1", "process": {"cwd": "/", "user": {"uid": -1, "gid": 0}}}"#,
            "process.user.uid: a number from 0 to 4294967295 is wanted, not -1"
        ),
        (
            #"{"ociVersion": "1", "linux": {"namespaces": [{"type": "moon"}]}}"#,
            "linux.namespaces[0].type: there is no namespace \"moon\""
        ),
        (
            #"{"ociVersion": "1", "linux": {"resources": {"memory": {"limit": "1"}}}}"#,
            "linux.resources.memory.limit: a whole number is wanted, not \"1\""
        ),
        (#"{"ociVersion": "1", "linux": {"sysctl": []}}"#, "linux.sysctl: an object is wanted, not []"),
        (#"{"ociVersion": "1", "linux": {"sysctl": {"a.b": 1}}}"#, "linux.sysctl.a.b: a string is wanted, not 1"),
        (
            #"{"ociVersion": "1", "linux": {"resources": {"devices": ["rwm"]}}}"#,
            "linux.resources.devices[0]: an object is wanted, not \"rwm\""
        ),
        (
            #"{"ociVersion": "1", "linux": {"resources": {"devices": [{"access": "r", "new": 1}]}}}"#,
            "linux.resources.devices[0].allow: it is missing"
        ),
        (
            #"{"ociVersion": "1", "linux": {"resources": {"devices": [{"access": "r"}]}}}"#,
            "linux.resources.devices[0].allow: it is missing"
        ),
        (
            #"{"ociVersion": "1", "linux": {"resources": {"memory": {"useHierarchy": 1}}}}"#,
            "linux.resources.memory.useHierarchy: true or false is wanted, not 1"
        ),
        ("{\"ociVersion\": \"1\",\n\"x\": 18446744073709551616}", "a number in line 2 does not fit 64 bits"),
    ])
    func `a wrong field is named`(_ text: String, _ sentence: String) {
        let error = #expect(throws: JSONError.self) { try RuntimeSpec.read(Array(text.utf8)) }
        #expect(error?.description == sentence)
    }
}
