import Glibc
import Linux
import Records
import Testing

/// What a build that was killed has left is removed by the next one, and nothing else is.
@Suite(
    .serialized,
    .enabled(if: CommandLinePlace.obstacle == nil, Comment(rawValue: CommandLinePlace.obstacle ?? "")))
struct ImageBuildLossTests: BuildsImages {
    let place: CommandLinePlace

    init() throws { place = try Self.newPlace() }

    private var names: [String] {
        place.run("ps", "-a", "--format", "{{.Names}}").output.split(separator: "\n").map(String.init)
    }

    /// Those that no list shows among them.
    private var kept: Int {
        StateFiles(place.layout).ids().count
    }

    @Test func `a container of a build is in no list, and where that was killed removed by the next one`() throws {
        try put(["Containerfile": "FROM base\nRUN sleep 100\n"])
        let builder = try #require(place.start(["build", "-q", "-t", "made", "\(place.folder)/ctx"]))
        #expect(place.eventually { kept == 1 })
        #expect(place.run("ps", "-aq").output == "" && names == [])
        // Of one that lives, it stays.
        #expect(build("FROM base\nENV a=b\n").code == 0)
        #expect(kept == 1)
        kill(builder, SIGKILL)
        waitpid(builder, nil, 0)
        #expect(kept == 1)
        #expect(build("FROM base\nENV a=c\n").code == 0)
        #expect(place.leftovers == [])
    }

    @Test func `a step of a build is in no event, and what runs beside it is`() {
        #expect(build("FROM base\nRUN echo a >/a\n").code == 0)
        #expect(place.run("events", "--no-follow").output == "")
        #expect(place.container("--rm", "--name", "own", "true").code == 0)
        let told = place.run("events", "--no-follow", "--format", "{{.Name}} {{.Event}}").output
        #expect(told == "own created\nown started\nown exited\nown removed\n", "\(told)")
    }

    /// Anybody may give any label: an image, too, whose containers would go with their volumes.
    @Test func `no label makes a container that of a build`() {
        #expect(build("FROM base\nLABEL org.boxtop.build=\"1:1\"\n").code == 0)
        #expect(place.run("run", "-d", "--name", "images", "-v", "/data", "made", "sleep", "100").code == 0)
        #expect(place.container("-d", "--name", "own", "--label", "org.boxtop.build=1:1", "sleep", "100").code == 0)
        let before = (names, place.run("volume", "ls", "-q").output)
        #expect(before.0.count == 2 && !before.1.isEmpty)
        #expect(build("FROM base\nENV a=b\n").code == 0)
        #expect((names, place.run("volume", "ls", "-q").output) == before)
        #expect(place.run("ps", "-q").output.split(separator: "\n").count == 2)
        #expect(place.run("rm", "-f", "-v", "images", "own").code == 0)
    }
}
