import Linux
import Records
import Testing

/// What users of docker type by habit.
@Suite(.serialized, .enabled(if: CommandLinePlace.obstacle == nil, "real containers: needs root and busybox"))
struct CommandLineDockerTests {
    private let place: CommandLinePlace

    init() throws { place = try CommandLinePlace() }

    private func create(_ words: String...) -> CommandLinePlace.Ended {
        place.run(["create"] + words + ["--rootfs", place.rootfs, "true"])
    }

    @Test func `inspect finds an image where no container has the name, and shows what is asked for`() {
        #expect(place.run("image", "import", "-q", place.rootfs, "base").code == 0)
        #expect(place.run("inspect", "-f", "{{.Os}}", "base").output == "linux\n")
        #expect(create("--name", "base").code == 0)
        #expect(place.run("inspect", "-f", "{{.Name}}", "base").output == "base\n")
        #expect(place.run("inspect", "--type", "image", "-f", "{{.Os}}", "base").output == "linux\n")
        #expect(place.run("inspect", "--type", "container", "nothing").code == 1)
        #expect(place.run("images", "-a", "-q").output == place.run("images", "-q").output)
        #expect(place.run("history", "-q", "base").output.utf8.count > 12)
        #expect(place.run("volume", "create", "-d", "local", "v").output == "v\n")
        #expect(place.run("volume", "create", "-d", "nfs", "w").code == 64)
        #expect(place.run("network", "create", "-d", "overlay", "w").code == 64)
    }

    @Test func `containers and events are filtered as docker filters them`() {
        for name in ["one", "two", "three"] { #expect(create("--name", name, "-l", "n=\(name)").code == 0) }
        func names(_ filter: String...) -> [Substring] {
            let flags = filter.flatMap { ["--filter", $0] }
            return place.run(["ps", "-a", "--format", "{{.Names}}"] + flags).output.split(separator: "\n")
        }
        #expect(names("since=one") == ["three", "two"] && names("before=two") == ["one"])
        #expect(names("label!=n=two", "network=none") == ["three", "one"])
        #expect(place.run("ps", "-a", "--filter", "since=nobody").code == 1)
        place.run("rm", "two")
        func events(_ filter: String...) -> String {
            place.run(["events", "--format", "{{.Name}} {{.Event}}"] + filter.flatMap { ["--filter", $0] }).output
        }
        #expect(events("container=two") == "two created\ntwo removed\n")
        #expect(events("event=destroy") == "two removed\n" && events("event=removed", "type=image") == "")
        #expect(events("label=n=one") == "one created\n")
        #expect(place.run("events", "--filter", "colour=red").code == 64)
    }
}
