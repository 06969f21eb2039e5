import Dashboard
import TerminalKit
import Testing

@Suite struct ImagesPageTests {
    @Test func `an image is pulled by name, and its way is shown until it is here`() {
        var fixture = Fixture(answers: false)
        fixture.press(.character("I"), .character("p"))
        fixture.type("nginx:9")
        fixture.press(.enter)
        #expect(fixture.asked() == [.run(arguments: ["image", "pull", "nginx:9"])])
        #expect(fixture.screen.contains("↓ nginx:9"))
        let arguments = ["image", "pull", "nginx:9"]
        fixture.feed(.heard(arguments: arguments, "42 %, 12.0 of 45.0 MiB, 8.1 MiB/s, 4 s left"))
        #expect(fixture.screen.contains("42 %, 12.0 of 45.0 MiB"))
        fixture.feed(.ended(arguments: arguments, status: 0, message: "anything"))
        #expect(fixture.statusLine == "pulled nginx:9" && !fixture.screen.contains("↓ nginx:9"))
        fixture.feed(.ended(arguments: arguments, status: 1, message: "cannot reach docker.io"))
        #expect(fixture.statusLine == "cannot reach docker.io")
    }

    @Test func `what is typed after p is a name, not keys, and Esc takes it back`() {
        var fixture = Fixture(answers: false)
        fixture.press(.character("I"), .character("p"))
        fixture.type("quit")
        fixture.press(.escape)
        #expect(fixture.asked().isEmpty && fixture.screen.contains("Images"))
        fixture.press(.escape)
        #expect(!fixture.screen.hasPrefix(" Images"))
    }

    @Test func `an image is run by the form, and removed after a question`() {
        var fixture = Fixture(answers: false)
        fixture.press(.character("I"), .down, .enter)
        #expect(fixture.screen.contains("registry.example.org/team/jobs:7") && fixture.screen.contains("jobs-1"))
        fixture.press(.escape, .character("d"), .enter)
        #expect(fixture.asked().isEmpty)
        fixture.press(.character("d"), .right, .enter)
        let arguments = ["image", "rm", "--if-id=ae0ac68452b7", "registry.example.org/team/jobs:7"]
        #expect(fixture.asked() == [.run(arguments: arguments)])
        fixture.feed(.ended(arguments: arguments, status: 0, message: ""))
        #expect(fixture.statusLine == "removed image registry.example.org/team/jobs:7")
    }

    @Test func `what is removed is the image that was asked about, whatever has its name meanwhile`() {
        var fixture = Fixture(answers: false)
        fixture.press(.character("I"), .down, .character("d"))
        var moved = Fixture.images
        moved[1].id = "ffffffffffff"
        fixture.feed(.listed(.images(moved)))
        fixture.press(.right, .enter)
        let arguments = ["image", "rm", "--if-id=ae0ac68452b7", "registry.example.org/team/jobs:7"]
        #expect(fixture.asked() == [.run(arguments: arguments)])
    }

    @Test func `one that containers were made from stays, unless it has another name`() {
        var fixture = Fixture(answers: false)
        fixture.press(.character("I"), .character("d"))
        #expect(fixture.statusLine == "nginx:1.27 is used by web, web-2, edge: remove those first")
        #expect(!fixture.screen.contains("Remove image") && !fixture.screen.contains("d remove"))
        var again = Fixture.images[0]
        again.name = "nginx:latest"
        fixture.feed(.listed(.images(Fixture.images + [again])))
        fixture.press(.character("d"))
        #expect(fixture.screen.contains("Remove image nginx:1.27?"))
        #expect(fixture.screen.contains("stays, under another name"))
    }

    @Test func `an image under two names takes its room once`() {
        var fixture = Fixture(answers: false)
        fixture.press(.character("I"))
        var image = Fixture.images[0]
        (image.size, image.shared) = (2 << 20, 0)
        var again = image
        again.name = "nginx:latest"
        fixture.feed(.listed(.images([image, again])))
        #expect(fixture.lines[0].hasPrefix(" Images  1 image, 2 names  2.0 MiB of their own"))
    }

    @Test func `how far a pull is stays on the screen while its parts come`() {
        var fixture = Fixture(answers: false)
        fixture.press(.character("I"), .character("p"))
        fixture.type("far/big")
        fixture.press(.enter)
        for line in ["aa11: layer of 40 MiB", "42 %, 12 of 40 MiB, 8.1 MiB/s, 4 s left", "aa11: downloaded"] {
            fixture.feed(.heard(arguments: ["image", "pull", "far/big"], line))
        }
        #expect(fixture.screen.contains("42 %") && !fixture.screen.contains("aa11"))
        fixture.feed(.heard(arguments: ["image", "pull", "far/big"], "bb22: it answered 503; again in 1.0 s"))
        #expect(fixture.screen.contains("again in 1.0 s"))
    }

    @Test func `where there is none, that is said, and keys that want one say so`() {
        var fixture = Fixture(answers: false)
        fixture.press(.character("I"))
        fixture.feed(.listed(.images([])))
        #expect(fixture.screen.contains("No images are here yet"))
        fixture.press(.character("d"))
        #expect(fixture.statusLine == "no image is selected; p pulls one")
    }
}
