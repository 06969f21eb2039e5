import Dashboard
import Monitoring
import Records
import Testing

/// What the dashboard says when a command line has ended well.
@Suite struct DeedTests {
    private static let id = String(repeating: "c0ffee12", count: 8)

    /// What is said of `text`, which has written these last lines.
    private func said(_ text: String, _ message: String = "", output: String = "") -> Fixture {
        var fixture = Fixture(answers: false)
        let words = text.split(separator: " ").map(String.init)
        fixture.feed(.ended(arguments: words, status: 0, message: message, output: output))
        return fixture
    }

    @Test(
        arguments: [
            ("volume create vv", "", "vv", "created volume vv"), ("volume create", "", "f00d", "created volume f00d"),
            ("volume rm web", "", "web", "removed volume web"),
            ("volume rm \(id)", "", id, "removed volume c0ffee12c0ff"),
            ("volume create", "", id, "created volume c0ffee12c0ff"),
            ("network create back", "", "0af1", "created network back"),
            ("volume prune -f", "", "Total reclaimed space: 0B", "Total reclaimed space: 0B"),
            ("load -i all.tar", "4f: layer of 3 MiB", "Loaded image: tools:latest", "Loaded image: tools:latest"),
            ("build -t tools DIR", "last words of RUN", "", "built tools"),
            ("build --no-cache DIR", "boxtop: echoed", "", "built an image"),
            ("image build --tag=tools DIR", "last words of RUN", "", "built tools"),
            ("image pack -t tools bash ls", "boxtop: note: ls is a link", "", "packed tools"),
            ("pull nginx", "4f: downloaded", "", "pulled nginx"),
            ("push team/jobs", "4f: sent", "", "pushed team/jobs"),
            ("rmi -f tools", "", "", "removed image tools"), ("tag tools tools:2", "", "", "tagged tools as tools:2"),
            ("cp a web:/b", "copied 3 kB to web:/b", "", "copied 3 kB to web:/b"),
            ("stop web", "boxtop: web was paused", "", "web was paused"),
        ])
    func `what was done is said in its own words`(text: String, message: String, output: String, sentence: String) {
        #expect(said(text, message, output: output).statusLine == sentence)
    }

    @Test(arguments: [("run -d tools sleep 1001", "started"), ("container create tools", "created")])
    func `what was made is told of by its name, and has the cursor, as soon as the list has it`(
        text: String, word: String
    ) {
        var fixture = said(text, "4f: downloaded", output: Self.id)
        #expect(fixture.statusLine == "\(word) c0ffee12c0ff")
        fixture.sweep()
        #expect(fixture.statusLine == "\(word) c0ffee12c0ff")
        fixture.sweep { $0.add(Self.id, "clever_ember") }
        #expect(fixture.statusLine == "\(word) clever_ember")
        #expect(fixture.selectedName == "clever_ember")
    }

    @Test func `a warning about what was made stands behind its name, and what was said since stays`() {
        var fixture = said("run -d tools", "boxtop: it has no network", output: Self.id)
        fixture.sweep { $0.add(Self.id, "clever_ember") }
        #expect(fixture.statusLine == "started clever_ember: it has no network")
        fixture = said("run -d tools", output: Self.id)
        fixture.feed(.said("something else", .done))
        fixture.sweep { $0.add(Self.id, "clever_ember") }
        #expect(fixture.statusLine == "something else")
    }

    @Test func `what still runs when the dashboard is left is said, with where its end is seen`() {
        let fixture = Fixture(answers: false)
        let running = [
            ["build", "-t", "x", "DIR"], ["image", "pull", "nginx"], ["stop", fixture.id("web")],
            ["volume", "prune"],
        ]
        #expect(
            fixture.model.left(running: running) == [
                "build -t x DIR goes on; boxtop image ls shows when it is done",
                "image pull nginx goes on; boxtop image ls shows when it is done",
                "stop web goes on; boxtop ps -a shows when it is done",
                "volume prune goes on; boxtop volume ls shows when it is done",
            ])
    }
}

extension Snapshot {
    fileprivate mutating func add(_ id: String, _ name: String) {
        containers.append(
            ContainerReading(
                id: id, name: name, image: "tools", command: ["sleep"], created: clock, status: containers[0].status))
    }
}
