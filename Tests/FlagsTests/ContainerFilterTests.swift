import Flags
import Linux
import Records
import Testing

@Suite struct ContainerFilterTests {
    private func web() -> ContainerRecord {
        var record = ContainerRecord(
            id: "3fa9c0" + String(repeating: "0", count: 58), name: "web-1", created: Timestamp(nanoseconds: 1),
            image: "nginx:latest", rootfs: .directory("/"), command: ["nginx"])
        record.labels = ["team": "web", "tier": ""]
        return record
    }

    @Test(
        arguments: [
            ([], true), (["status=exited"], true), (["status=running"], false),
            (["status=running", "status=exited"], true), (["name=web"], true), (["name=db"], false),
            (["name=^web-1$"], true), (["name=^web$"], false), (["name=^/web"], true), (["name=[0-9]+$"], true),
            (["id=3fa"], true), (["id=fa9"], false), (["label=team"], true), (["label=team=web"], true),
            (["label=team=db"], false), (["label=team=web", "label=none"], false), (["label=tier="], true),
            (["ancestor=nginx"], true), (["ancestor=nginx:1"], false), (["exited=137"], true), (["exited=0"], false),
            (["health=none"], true), (["name=web", "status=running"], false),
        ] as [([String], Bool)])
    func `conditions of one kind are alternatives, of different kinds all hold`(texts: [String], shown: Bool) throws {
        var filter = ContainerFilter()
        for text in texts { filter.add(try FlagValue("--filter", text).filter()) }
        #expect(filter.matches(web(), status: "exited", exitCode: 137, health: nil) == shown)
    }

    @Test(arguments: [
        "", "status", "status=", "status=dead", "colour=red", "exited=x", "exited=300", "web", "name=(", "name=[",
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
