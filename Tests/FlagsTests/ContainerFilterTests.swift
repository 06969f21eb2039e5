import Flags
import Linux
import Records
import Testing

@Suite struct ContainerFilterTests {
    private func web() -> ContainerRecord {
        var record = ContainerRecord(
            id: "3fa9c0" + String(repeating: "0", count: 58), name: "web-1", created: Timestamp(nanoseconds: 1),
            image: "nginx:latest", rootfs: .directory("/"), command: ["nginx"])
        record.imageDigest = "sha256:" + String(repeating: "beef", count: 16)
        record.labels = ["team": "web", "tier": ""]
        record.network = NetworkRequest(.bridges)
        record.network?.attachments = [NetworkAttachment("back")]
        record.network?.ports = [PublishedPort(.tcp, hostPort: 8080, port: 80, count: 2)]
        record.volumes = [VolumeUse(name: "data", destination: "/srv", anonymous: false)]
        return record
    }

    @Test(
        arguments: [
            ([], true), (["status=exited"], true), (["status=running"], false),
            (["status=dead"], false), (["status=running", "status=exited"], true), (["name=web"], true),
            (["name=db"], false),
            (["name=^web-1$"], true), (["name=^web$"], false), (["name=^/web"], true), (["name=-[0-9]{1,3}$"], true),
            (["name=[0-9]+$"], true), (["name="], true), (["name=", "status=running"], false),
            (["id=3fa"], true), (["id=fa9"], false), (["label=team"], true), (["label=team=web"], true),
            (["label=team=db"], false), (["label=team=web", "label=none"], false), (["label=tier="], true),
            (["ancestor=nginx"], true), (["ancestor=nginx:1"], false),
            (["ancestor=docker.io/library/nginx"], true), (["ancestor=example.org/nginx"], false),
            (["ancestor=beefbeefbeef"], true), (["ancestor=sha256:beefbeef"], true), (["ancestor=bee"], false),
            (["ancestor=nginx@sha256:" + String(repeating: "beef", count: 16)], true), (["ancestor=feeb"], false),
            (["exited=137"], true), (["exited=0"], false),
            (["label!=team"], false), (["label!=team=db"], true), (["network=back"], true), (["network=none"], false),
            (["volume=data"], true), (["volume=/srv"], true), (["volume=/"], false), (["volume=/host"], true),
            (["volume=/inside"], true), (["volume=host"], false), (["expose=53/udp"], true), (["expose=53"], false),
            (["publish=81"], true),
            (["publish=82"], false), (["publish=80/udp"], false), (["since=old"], true), (["before=old"], false),
            (["health=none"], true), (["name=web", "status=running"], false),
        ] as [([String], Bool)])
    func `conditions of one kind are alternatives, of different kinds all hold`(texts: [String], shown: Bool) throws {
        var filter = ContainerFilter()
        for text in texts { filter.add(try FlagValue("--filter", text).filter()) }
        filter.resolve { _ in Timestamp(nanoseconds: 0) }
        let details = ContainerFilter.Details(folders: ["/host", "/inside", "host"], ports: ["53/udp"])
        #expect(
            filter.matches(web(), status: "exited", exitCode: 137, health: nil, details: { details }) == shown)
    }

    @Test func `another name of its image is found by what that image is`() throws {
        for (digest, shown) in [("sha256:" + String(repeating: "beef", count: 16), true), ("sha256:0", false)] {
            var filter = ContainerFilter()
            filter.add(try FlagValue("--filter", "ancestor=server:2").filter())
            filter.resolveImages { $0 == "server:2" ? digest : nil }
            #expect(filter.matches(web(), status: "exited", exitCode: 137, health: nil) == shown)
        }
    }

    @Test(arguments: [
        "", "status", "status=", "name", "id=", "status=gone", "colour=red", "exited=x", "exited=300", "web", "name=(",
        "name=[",
        "name=a{1,255}{1,255}",
        "publish=x", "expose=x", "publish=80/what",
    ])
    func `what is no filter is refused`(text: String) {
        #expect(throws: FlagError.self) { try FlagValue("--filter", text).filter() }
    }

    @Test func `a filter of the status or the exit code needs no -a`() throws {
        for (text, names) in [("status=exited", true), ("exited=1", true), ("name=x", false)] {
            var filter = ContainerFilter()
            filter.add(try FlagValue("--filter", text).filter())
            #expect(filter.namesStatus == names)
        }
    }
}
