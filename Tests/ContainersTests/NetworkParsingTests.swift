import Records
import Testing

@testable import Containers

struct NetworkParsingTests {
    @Test(
        arguments: [
            ("8080:80", "0.0.0.0:8080->80/tcp"), ("127.0.0.1:53:53/udp", "127.0.0.1:53->53/udp"),
            ("[::1]:8080:80", "[::1]:8080->80/tcp"), ("8000-8009:80-89", "0.0.0.0:8000-8009->80-89/tcp"),
            ("80", "0.0.0.0:0->80/tcp"), (":80", "0.0.0.0:0->80/tcp"), ("127.0.0.1::80", "127.0.0.1:0->80/tcp"),
            ("0.0.0.0:8080:80/TCP", "0.0.0.0:8080->80/tcp"),
        ] as [(String, String)])
    func `ports are read as docker writes them`(text: String, meaning: String) throws {
        #expect(try Parse.port(text).text == meaning)
    }

    @Test(
        arguments: [
            ("8080:80", nil, 1), ("0.0.0.0:8080:80", "0.0.0.0", 1), ("[::]:8080:80", "::", 1), ("7100-7105:82", nil, 6),
            ("127.0.0.1:7100-7105:82/udp", "127.0.0.1", 6), ("8000-8009:80-89", nil, 1), ("80", nil, 1),
        ] as [(String, String?, UInt16)])
    func `an address is of its own family alone, and one port may have a range to choose from`(
        text: String, address: String?, choices: UInt16
    ) throws {
        let port = try Parse.port(text)
        #expect(port.address == address && port.choices == choices)
    }

    @Test(
        arguments: [
            "", "x", "80:", "80:0", "70000:80", "80:80/icmp", "1.2.3:80:80", "::1:80:80", "80:80:80:80", "9-8:9-8",
            "8000-8002:80-81", "-1:80", "80-:80", "1.2.3.4:80:80:80", "[::1:80:80",
        ])
    func `what is no port is refused in a sentence that shows the form`(text: String) {
        let error = #expect(throws: ContainerError.self) { try Parse.port(text) }
        #expect(error?.description.contains("“\(text)”") ?? false)
    }

    @Test func `a network is named with its options, as docker's fingers write it too`() throws {
        guard case .bridges(let attachments) = try Parse.network("back,ip=10.9.0.7,alias=db,alias=store") else {
            Issue.record("no network")
            return
        }
        #expect(attachments.first?.network == "back")
        #expect(attachments.first?.address4 == "10.9.0.7")
        #expect(attachments.first?.aliases == ["db", "store"])
        #expect(try Parse.network("name=back,ip6=fd00::7") != .none)
        var named = NetworkAttachment("back")
        named.mac = "02:42:ac:11:00:02"
        #expect(try Parse.network("name=back,mac-address=02-42-AC-11-00-02") == .bridges([named]))
        #expect(try Parse.network("host") == .host)
        #expect(try Parse.network("container:web") == .container("web"))
    }

    @Test(
        arguments: [
            "", "02:42:ac:11:00", "02:42:ac:11:00:02:03", "2:42:ac:11:00:2", "02:42:ac:11:00:0g", "02:42:ac:11:00:+2",
            "03:42:ac:11:00:02", "ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00", "0242ac110002",
        ])
    func `what no interface may have as its MAC address is refused`(text: String) {
        #expect(throws: ContainerError.self) { try Parse.macAddress(text) }
    }

    @Test(arguments: ["", "back,ip=x", "back,color=red", "container:", "ip=10.0.0.1", "back,ip=fd00::1"])
    func `nonsense about networks is refused`(text: String) {
        #expect(throws: ContainerError.self) { try Parse.network(text) }
    }
}
