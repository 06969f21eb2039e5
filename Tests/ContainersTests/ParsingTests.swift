import Records
import Testing

@testable import Containers

@Suite struct ParsingTests {
    @Test(
        arguments: [
            ("512", 512), ("64k", 65_536), ("1.5g", 1_610_612_736), ("10mb", 10_485_760), ("2GiB", 2_147_483_648),
            ("0", 0),
        ] as [(String, UInt64)])
    func `a size is a number and a unit`(_ text: String, _ bytes: UInt64) throws {
        #expect(try Parse.bytes(text) == bytes)
    }

    @Test(arguments: ["", "12x", "-1", "m", "1.2.3", "1 g", "99999999t", "0x10", ".5g", "1e3"])
    func `nonsense is no size`(_ text: String) {
        #expect(throws: ContainerError.self) { try Parse.bytes(text) }
    }

    @Test func `swap is what is left of memory and swap together`() throws {
        #expect(try Parse.swap(total: "1g", memory: 768 << 20) == 256 << 20)
        #expect(try Parse.swap(total: "512m", memory: 512 << 20) == 0)
        #expect(try Parse.swap(total: "-1", memory: 512 << 20) == nil)
        #expect(throws: ContainerError.self) { try Parse.swap(total: "1g", memory: nil) }
        #expect(throws: ContainerError.self) { try Parse.swap(total: "256m", memory: 512 << 20) }
    }

    @Test(
        arguments: [
            ("no", .no), ("always", .always), ("unless-stopped", .unlessStopped),
            ("on-failure", .onFailure(retries: nil)),
            ("on-failure:3", .onFailure(retries: 3)), ("on-failure:0", .onFailure(retries: nil)),
        ] as [(String, RestartPolicy)])
    func `a restart policy is read as docker writes it`(_ text: String, _ policy: RestartPolicy) throws {
        #expect(try Parse.restart(text) == policy)
    }

    @Test(arguments: ["sometimes", "always:3", "on-failure:", "on-failure:-1", "on-failure:x"])
    func `no other restart policy is taken`(_ text: String) {
        #expect(throws: ContainerError.self) { try Parse.restart(text) }
    }

    @Test(arguments: [("15", 15), ("TERM", 15), ("SIGTERM", 15), ("sigkill", 9), ("RTMIN+3", 37), ("RTMAX-1", 63)])
    func `a signal has a name or a number`(_ text: String, _ number: Int) throws {
        #expect(try Parse.signal(text) == Int32(number))
    }

    @Test(arguments: ["0", "65", "-9", "", "FOO", "SIG", "RTMIN+31"])
    func `nothing else is a signal`(_ text: String) {
        #expect(throws: ContainerError.self) { try Parse.signal(text) }
    }

    @Test func `a signal's number has one name`() {
        #expect(SignalNames.name(15) == "SIGTERM")
        #expect(SignalNames.name(6) == "SIGABRT")
        #expect(SignalNames.name(37) == "SIGRTMIN+3")
    }

    @Test func `a ulimit has a soft and a hard side`() throws {
        #expect(try Parse.ulimit("nofile=1024:2048") == Ulimit("nofile", soft: 1_024, hard: 2_048))
        #expect(try Parse.ulimit("core=0") == Ulimit("core", soft: 0, hard: 0))
        #expect(try Parse.ulimit("memlock=unlimited") == Ulimit("memlock", soft: .max, hard: .max))
        for text in ["nofile", "nofile=", "nofile=2:1", "files=1", "nofile=1:2:3", "nofile=x"] {
            #expect(throws: ContainerError.self) { try Parse.ulimit(text) }
        }
    }

    @Test(arguments: [
        ("/data", VolumeRequest(.anonymous, at: "/data")), ("db:/data", VolumeRequest(.named("db"), at: "/data")),
        ("db:/data:ro", VolumeRequest(.named("db"), at: "/data", readOnly: true)),
        ("/srv:/data/../x", VolumeRequest(.path("/srv", create: true), at: "/x")),
        ("./here:/x", VolumeRequest(.path("/home/me/here", create: true), at: "/x")),
        (
            "/srv:/x:ro,z,rslave",
            VolumeRequest(.path("/srv", create: true), at: "/x", readOnly: true, propagation: "rslave")
        ),
        ("/srv:/x:noidmap", VolumeRequest(.path("/srv", create: true), at: "/x", mapIDs: false)),
    ])
    func `a volume is read as docker writes it`(_ text: String, _ request: VolumeRequest) throws {
        #expect(try Parse.volume(text, relativeTo: "/home/me") == request)
    }

    @Test(arguments: [
        "", ":", "a:", "a:b", "/a:/", "/", "/a:/b:/c:/d", "b d:/x", "/a:/b:weird", "/a:/b:ro,rw", "-x:/y",
    ])
    func `other volumes are refused`(_ text: String) {
        #expect(throws: ContainerError.self) { try Parse.volume(text) }
    }

    @Test func `a mount says what it is in words`() throws {
        #expect(
            try Parse.mount("type=bind,src=./a,dst=/b", relativeTo: "/here")
                == .volume(VolumeRequest(.path("/here/a", create: false), at: "/b")))
        #expect(
            try Parse.mount("type=bind,src=/a,dst=/b,ro")
                == .volume(VolumeRequest(.path("/a", create: false), at: "/b", readOnly: true)))
        #expect(try Parse.mount("source=v,target=/b") == .volume(VolumeRequest(.named("v"), at: "/b")))
        #expect(
            try Parse.mount("type=tmpfs,target=/t,tmpfs-size=1m")
                == .tmpfs(TmpfsRequest(at: "/t", options: ["size=1048576"])))
        #expect(
            try Parse.tmpfs("/t:size=64m,mode=700")
                == TmpfsRequest(at: "/t", options: ["size=67108864", "mode=700"]))
        #expect(try Parse.tmpfs("/t:size=50%") == TmpfsRequest(at: "/t", options: ["size=50%"]))
        #expect(throws: ContainerError.self) { try Parse.tmpfs("/x:size=99999999999999999999999g") }
        for word in ["bind", "remount", "sizee=1", "size"] {
            #expect(throws: ContainerError(.invalid, "“\(word)” is no option of a tmpfs: see tmpfs(5)")) {
                try Parse.tmpfs("/x:ro,\(word)")
            }
        }
        let bind = MountRequest.volume(VolumeRequest(.path("/a,\"b", create: false), at: "/d"))
        #expect(try Parse.mount(#"type=bind,"source=/a,""b",target=/d"#) == bind)
        for wish in ["consistency=cached", "consistency=delegated", "consistency=consistent", "consistency=default"] {
            #expect(
                try Parse.mount("type=bind,src=/a,dst=/b,\(wish)")
                    == .volume(VolumeRequest(.path("/a", create: false), at: "/b")))
        }
        #expect(
            try Parse.mount("source=v,target=/b,volume-driver=local") == .volume(VolumeRequest(.named("v"), at: "/b")))
        for text in [
            "source=v,target=/b,volume-driver=nfs", "source=v,target=/b,consistency=none", #"source=v,target=/b""#,
            #""source=v,target=/b"#, #""source=v"x,target=/b"#,
        ] {
            #expect(throws: ContainerError.self) { try Parse.mount(text) }
        }
        for text in ["type=bind,target=/b", "type=nfs,target=/b", "source=v", "target=/b,colour=red", "target=b"] {
            #expect(throws: ContainerError.self) { try Parse.mount(text) }
        }
    }

    @Test func `a device may have another name and fewer rights inside`() throws {
        #expect(try Parse.device("/dev/fuse") == DeviceRequest("/dev/fuse"))
        #expect(try Parse.device("/dev/sda:/dev/xvda:r") == DeviceRequest("/dev/sda", at: "/dev/xvda", access: "r"))
        #expect(try Parse.device("/dev/sda:rw") == DeviceRequest("/dev/sda", access: "rw"))
        #expect(throws: ContainerError.self) { try Parse.device("/dev/sda:x") }
        #expect(throws: ContainerError.self) { try Parse.device("sda") }
    }

    @Test func `a device's rate is in bytes or in operations`() throws {
        #expect(
            try Parse.deviceRate("/dev/sda:1mb", .readBytes)
                == DeviceRateRequest(.readBytes, path: "/dev/sda", rate: 1 << 20))
        #expect(
            try Parse.deviceRate("/dev/sda:100", .writeOperations)
                == DeviceRateRequest(.writeOperations, path: "/dev/sda", rate: 100))
        #expect(throws: ContainerError.self) { try Parse.deviceRate("/dev/sda:1mb", .writeOperations) }
        #expect(throws: ContainerError.self) { try Parse.deviceRate("/dev/sda", .readBytes) }
    }

    @Test(
        arguments: [
            ("no-new-privileges", .noNewPrivileges(true)), ("no-new-privileges=false", .noNewPrivileges(false)),
            ("no-new-privileges:true", .noNewPrivileges(true)), ("seccomp=unconfined", .seccompUnconfined),
            ("seccomp=/a/b.json", .seccompProfile("/a/b.json")), ("apparmor=web", .apparmor("web")),
            ("unmask=ALL", .unmaskAll), ("systempaths=unconfined", .unmaskAll),
            ("label=disable", nil), ("label:disable", nil),
        ] as [(String, SecurityOption?)])
    func `a security option is read as docker or podman writes it`(_ text: String, _ option: SecurityOption?) throws {
        #expect(try Parse.security(text) == option)
    }

    @Test(arguments: ["label=type:web_t", "label", "seccomp=", "what=ever"])
    func `other security options are refused`(_ text: String) {
        #expect(throws: ContainerError.self) { try Parse.security(text) }
    }

    @Test func `a host entry is a name and an address`() throws {
        #expect(try Parse.host("db:10.0.0.2") == HostEntry(name: "db", address: "10.0.0.2"))
        #expect(try Parse.host("db:::1") == HostEntry(name: "db", address: "::1"))
        for text in ["db", "db:here", ":1.2.3.4", "d b:1.2.3.4"] {
            #expect(throws: ContainerError.self) { try Parse.host(text) }
        }
    }
}
