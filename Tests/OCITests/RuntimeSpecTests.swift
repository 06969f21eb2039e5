import JSON
import OCI
import Testing

@Suite struct RuntimeSpecTests {
    private func decode(_ text: String) throws -> RuntimeSpec { try JSON.decode(from: Array(text.utf8)) }

    @Test func `keys that are absent are empty, off, or nil`() throws {
        let spec = try decode(
            #"{"ociVersion": "1.0.2", "process": {"args": ["sh"], "cwd": "/", "user": {"uid": 1, "gid": 2}}}"#)
        #expect(spec == RuntimeSpec(ociVersion: "1.0.2", process: .init(user: .init(uid: 1, gid: 2), args: ["sh"])))
    }

    @Test func `null is as good as absent`() throws {
        let spec = try decode(
            #"{"ociVersion": "1.0.2", "mounts": null, "annotations": null, "linux": {"namespaces": null, "seccomp": null}}"#
        )
        #expect(spec == RuntimeSpec(ociVersion: "1.0.2", linux: .init()))
    }

    @Test func `unknown keys are ignored`() throws {
        let spec = try decode(#"{"ociVersion": "1.9.0", "vm": {"kernel": 1}, "root": {"path": "r", "shiny": true}}"#)
        #expect(spec.root == .init(path: "r"))
    }

    @Test func `unlimited is the largest number there is`() throws {
        let spec = try decode(
            """
            {"ociVersion": "1.0.2", "process": {"args": ["a"], "cwd": "/", "user": {"uid": 0, "gid": 0},
             "rlimits": [{"type": "RLIMIT_CORE", "hard": 18446744073709551615, "soft": 18446744073709551615}]}}
            """)
        #expect(spec.process?.rlimits == [.init(type: "RLIMIT_CORE", hard: .max, soft: .max)])
    }

    @Test func `what is written is read back as it was`() throws {
        var spec = RuntimeSpec(
            process: .init(terminal: true, args: ["sh", "-c", "true"], capabilities: .init(["CAP_KILL"])))
        spec.linux = .init(
            namespaces: [.init(.pid), .init(.network, path: "/run/netns/x")],
            uidMappings: [.init(containerID: 0, hostID: 100_000, size: 65_536)],
            resources: .init(devices: [.init(allow: false, access: "rwm")], memory: .init(limit: -1)),
            seccomp: .init(
                defaultAction: "SCMP_ACT_ERRNO",
                syscalls: [
                    .init(
                        names: ["read"], action: "SCMP_ACT_ALLOW", args: [.init(index: 0, value: 1, op: "SCMP_CMP_EQ")])
                ]))
        #expect(try JSON.decode(RuntimeSpec.self, from: JSON.encode(spec)) == spec)
    }

    @Test func `a kind of namespace that does not exist is named in the error`() {
        #expect(throws: JSONError.self) {
            try decode(#"{"ociVersion": "1.0.2", "linux": {"namespaces": [{"type": "moon"}]}}"#)
        }
    }
}
