import Flags
import Records
import Testing

@Suite struct WordsTests {
    @Test(
        arguments: [
            ("no", .no), ("always", .always), ("unless-stopped", .unlessStopped),
            ("on-failure", .onFailure(retries: nil)), ("on-failure:3", .onFailure(retries: 3)),
            ("on-failure:0", .onFailure(retries: nil)),
        ] as [(String, RestartPolicy)])
    func `a restart policy is one of docker's`(text: String, policy: RestartPolicy) throws {
        #expect(try Flag("--restart", text).restartPolicy() == policy)
    }

    @Test(arguments: ["on-failure:", "on-failure:-1", "on-failure:x", "never", "always:3"])
    func `what is no restart policy is refused`(text: String) {
        let flag = Flag("--restart", text)
        #expect(throws: flag.refused("must be no, on-failure, on-failure:3, always or unless-stopped")) {
            try flag.restartPolicy()
        }
    }

    @Test(
        arguments: [
            ("no-new-privileges", .noNewPrivileges(true)), ("no-new-privileges:false", .noNewPrivileges(false)),
            ("no-new-privileges=true", .noNewPrivileges(true)), ("seccomp=unconfined", .seccompUnconfined),
            ("seccomp=/etc/filter.json", .seccompProfile("/etc/filter.json")), ("unmask=ALL", .unmask([])),
            ("unmask=/proc/acpi:/sys/firmware", .unmask(["/proc/acpi", "/sys/firmware"])),
            ("label=disable", .ignored), ("apparmor:unconfined", .ignored),
        ] as [(String, SecurityFlag)])
    func `a security option is one of docker's or podman's`(text: String, option: SecurityFlag) throws {
        #expect(try Flag("--security-opt", text).securityOption() == option)
    }

    @Test(arguments: ["", "seccomp", "seccomp=", "label=type:x", "apparmor=docker-default", "no-new-privileges:maybe"])
    func `what is no security option is refused`(text: String) {
        #expect(throws: FlagError.self) { try Flag("--security-opt", text).securityOption() }
    }

    @Test(arguments: [("NET_ADMIN", "CAP_NET_ADMIN"), ("cap_chown", "CAP_CHOWN"), ("all", "ALL")])
    func `a capability has any usual spelling`(text: String, name: String) throws {
        #expect(try Flag("--cap-add", text).capability() == name)
    }

    @Test func `what is no capability is refused`() {
        #expect(
            throws: FlagError(
                "--cap-add FLY: no capability has that name; see capabilities(7), as in --cap-add NET_ADMIN")
        ) { try Flag("--cap-add", "FLY").capability() }
    }

    @Test(arguments: ["a", "web-1", "A_b.c", "0"])
    func `a name is letters, digits and three signs`(text: String) throws {
        #expect(try Flag("--name", text).containerName() == text)
    }

    @Test(arguments: ["", "-a", ".a", "a/b", "a b", "é", "../a", String(repeating: "a", count: 129)])
    func `what is no name is refused`(text: String) {
        #expect(throws: FlagError.self) { try Flag("--name", text).containerName() }
    }

    @Test func `a host name is at most 64 bytes`() throws {
        #expect(try Flag("--hostname", "web.example").hostName() == "web.example")
        #expect(throws: FlagError.self) { try Flag("--hostname", String(repeating: "a", count: 65)).hostName() }
    }

    @Test func `log options change size and number of files`() throws {
        var log = LogOptions()
        try Flag("--log-opt", "max-size=10m").logOption(&log)
        try Flag("--log-opt", "max-file=5").logOption(&log)
        #expect(log.maximumSize == 10 << 20)
        #expect(log.files == 5)
        #expect(throws: FlagError.self) { try Flag("--log-opt", "max-size=1").logOption(&log) }
        #expect(throws: FlagError.self) { try Flag("--log-opt", "compress=true").logOption(&log) }
    }

    @Test(arguments: [("all", nil), ("20", 20), ("0", 0)] as [(String, Int?)])
    func `a tail is a number of lines or all`(text: String, lines: Int?) throws {
        #expect(try Flag("--tail", text).tail() == lines)
    }

    @Test(
        arguments: [
            ("ctrl-p,ctrl-q", [16, 17]), ("ctrl-@", [0]), ("a,b", [97, 98]), ("ctrl-]", [29]),
        ] as [(String, [UInt8])])
    func `keys to detach are control keys and characters`(text: String, keys: [UInt8]) throws {
        #expect(try Flag("--detach-keys", text).detachKeys() == keys)
    }

    @Test(arguments: ["", "ctrl-", "ctrl-P", "ab", "ctrl-p,"])
    func `nonsense keys are refused`(text: String) {
        #expect(throws: FlagError.self) { try Flag("--detach-keys", text).detachKeys() }
    }
}
