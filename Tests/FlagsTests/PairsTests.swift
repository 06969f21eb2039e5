import Flags
import Testing

@Suite struct PairsTests {
    @Test(
        arguments: [
            ("A=1", "A=1"), ("A=", "A="), ("A=x=y", "A=x=y"), ("HOME", "HOME=/root"), ("NOT_SET", nil),
        ] as [(String, String?)])
    func `a variable has a value or takes the outer one`(text: String, variable: String?) throws {
        #expect(try Flag("-e", text).variable(outer: ["HOME": "/root"]) == variable)
    }

    @Test(arguments: ["", "=1", "A B=1"])
    func `a nonsense variable is refused`(text: String) {
        #expect(throws: FlagError.self) { try Flag("-e", text).variable(outer: [:]) }
    }

    @Test func `a file of variables has comments, blank lines and values with spaces`() throws {
        let contents = "# the mode\nMODE=fast and loose\n\n  HOME\r\nGONE\n  #X=1\nLAST=1"
        let variables = try Flag("--env-file", "env").variables(of: contents, outer: ["HOME": "/root"])
        #expect(variables == ["MODE=fast and loose", "HOME=/root", "LAST=1"])
    }

    @Test func `a wrong line of a file of variables is named`() {
        #expect(
            throws: FlagError(
                "--env-file env: line 2: --env-file =1: nothing before the =; write it as in --env-file MODE=fast")
        ) { try Flag("--env-file", "env").variables(of: "A=1\n=1\n", outer: [:]) }
    }

    @Test(arguments: [("a=b", "a", "b"), ("a", "a", ""), ("a=", "a", ""), ("a=b=c", "a", "b=c")])
    func `a label without a value has an empty one`(text: String, key: String, value: String) throws {
        let label = try Flag("--label", text).label()
        #expect(label.key == key)
        #expect(label.value == value)
    }

    @Test(
        arguments: [
            ("nofile=1024:2048", "RLIMIT_NOFILE", 1024, 2048), ("nproc=64", "RLIMIT_NPROC", 64, 64),
            ("core=-1", "RLIMIT_CORE", .max, .max), ("stack=0:unlimited", "RLIMIT_STACK", 0, .max),
        ] as [(String, String, UInt64, UInt64)])
    func `a ulimit is soft and hard`(text: String, type: String, soft: UInt64, hard: UInt64) throws {
        #expect(try Flag("--ulimit", text).ulimit() == UlimitFlag(type: type, soft: soft, hard: hard))
    }

    @Test(arguments: ["", "nofile", "nofile=", "nofile=a", "nofile=2:1", "nofile=1:2:3", "files=1", "nofile=-2"])
    func `a nonsense ulimit is refused`(text: String) {
        #expect(throws: FlagError.self) { try Flag("--ulimit", text).ulimit() }
    }

    @Test func `a device's rate is of bytes or operations`() throws {
        let bytes = try Flag("--device-read-bps", "/dev/sda:1mb").deviceBytes()
        #expect(bytes == DeviceRateFlag(path: "/dev/sda", rate: 1 << 20))
        let operations = try Flag("--device-read-iops", "/dev/disk/by-id/a:b:1000").deviceOperations()
        #expect(operations == DeviceRateFlag(path: "/dev/disk/by-id/a:b", rate: 1000))
    }

    @Test(arguments: ["", "/dev/sda", "/dev/sda:", "sda:1mb", "/dev/sda:0", "/dev/sda:-1", "/dev/sda:fast"])
    func `a nonsense rate is refused`(text: String) {
        #expect(throws: FlagError.self) { try Flag("--device-read-bps", text).deviceBytes() }
        #expect(throws: FlagError.self) { try Flag("--device-read-iops", text).deviceOperations() }
    }
}
