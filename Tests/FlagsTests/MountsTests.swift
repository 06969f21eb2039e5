import Flags
import Testing

@Suite struct MountsTests {
    @Test(
        arguments: [
            ("/a:/b", .path("/a"), "/b", false, []), ("./a:/b:ro", .path("./a"), "/b", true, []),
            ("../a:/b", .path("../a"), "/b", false, []), ("data:/var//lib/", .named("data"), "/var/lib", false, []),
            ("/scratch", .anonymous, "/scratch", false, []),
            ("/a:/b:ro,rprivate,z", .path("/a"), "/b", true, ["rprivate"]),
        ] as [(String, VolumeFlag.Source, String, Bool, [String])])
    func `a volume is a source, a destination and options`(
        text: String, source: VolumeFlag.Source, destination: String, readOnly: Bool, options: [String]
    ) throws {
        var expected = VolumeFlag(source: source, destination: destination)
        expected.readOnly = readOnly
        expected.options = options
        #expect(try Flag("-v", text).volume() == expected)
    }

    @Test(
        arguments: [
            ("", "write SOURCE:DESTINATION or SOURCE:DESTINATION:ro, as in -v ./data:/data:ro"),
            (":/b", "write SOURCE:DESTINATION or SOURCE:DESTINATION:ro, as in -v ./data:/data:ro"),
            ("/a:/b:ro:x", "write SOURCE:DESTINATION or SOURCE:DESTINATION:ro, as in -v ./data:/data:ro"),
            ("/a:b", "b must be a whole path, as in -v ./data:/data"),
            ("/a:/", "cannot be / itself; name a folder, as in -v ./data:/data"),
            ("/a:/b/../..", "/b/../.. must be without . and .., as in -v ./data:/data"),
            ("a b:/c", "a b is no name of a volume; for a folder of the host, write ./a b or a whole path"),
            (
                "/a:/b:rx", "rx is no option of a volume; ro, rw, noexec, nosuid, nodev and rprivate are some"
            ),
        ])
    func `a nonsense volume is refused`(text: String, reason: String) {
        let flag = Flag("-v", text)
        #expect(throws: flag.refused(reason)) { try flag.volume() }
    }

    @Test(
        arguments: [
            ("/run", "/run", []), ("/run:size=64m,mode=1777", "/run", ["size=67108864", "mode=1777"]),
            ("/run:size=50%,noexec", "/run", ["size=50%", "noexec"]),
        ] as [(String, String, [String])])
    func `a tmpfs is a path and options`(text: String, destination: String, options: [String]) throws {
        #expect(try Flag("--tmpfs", text).tmpfs() == TmpfsFlag(destination: destination, options: options))
    }

    @Test(arguments: ["", "run", "/", "/run:size=much", "/run:size=-1"])
    func `a nonsense tmpfs is refused`(text: String) {
        #expect(throws: FlagError.self) { try Flag("--tmpfs", text).tmpfs() }
    }
}
