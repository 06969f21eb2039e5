import Dashboard
import Linux
import TerminalKit
import Testing

/// The pages of volumes and networks, and what they have in common with that of images.
@Suite struct ResourcePagesTests {
    @Test func `volumes are listed with their sizes and users, networks with their subnets and members`() {
        var fixture = Fixture(columns: 130)
        fixture.press(.character("V"))
        #expect(fixture.lines[0].hasPrefix(" Volumes  4 volumes"))
        #expect(fixture.lines.contains { $0.hasPrefix(" uploads ") && $0.contains("410 MiB  api, web") })
        // One that nobody named, as `volume ls` has it; its size is being counted.
        #expect(fixture.lines.contains { $0.hasPrefix(" 9c1185a5c5e9 ") && $0.contains("…  –") })
        fixture.press(.character("N"))
        #expect(fixture.lines[0].hasPrefix(" Networks  3 networks"))
        #expect(fixture.lines.contains { $0.hasPrefix(" back ") && $0.contains(/10\.180\.4\.1 +yes +api, cache/) })
        #expect(fixture.lines.contains { $0.hasPrefix(" boxtop ") && $0.contains("fd5c:9b2e:41a7::/64") })
    }

    @Test func `how much all volumes take is said once each was counted`() {
        var fixture = Fixture(answers: false)
        fixture.press(.character("V"))
        #expect(!fixture.lines[0].contains("in all"))
        let sizes: [Int64] = [1 << 20, 3 << 20]
        let volumes = sizes.map { VolumeReading(name: "v\($0)", isAnonymous: false, size: $0, users: [], created: nil) }
        fixture.feed(.listed(.volumes(volumes)))
        #expect(fixture.lines[0].hasPrefix(" Volumes  2 volumes  4.0 MiB in all"))
    }

    @Test(arguments: [
        ("V", "volume", "sessions", "Containers were made with it: cache."),
        ("N", "network", "trial", "Its addresses may become another network's."),
    ])
    func `one is removed after a question, by the verb`(key: Character, kind: String, name: String, says: String) throws
    {
        var fixture = Fixture(answers: false)
        fixture.press(.character(key))
        try fixture.click(" \(name) ")
        fixture.press(.character("d"))
        #expect(fixture.screen.contains("Remove \(kind) \(name)?") && fixture.screen.contains(says))
        fixture.press(.enter)
        #expect(fixture.asked().isEmpty && fixture.statusLine == "nothing was removed")
        fixture.press(.delete, .right, .enter)
        let arguments = [kind, "rm", name]
        #expect(fixture.asked() == [.run(arguments: arguments)])
        fixture.feed(.ended(arguments: arguments, status: 1, message: "boxtop: a reason"))
        #expect(fixture.statusLine == "a reason")
        fixture.feed(.ended(arguments: arguments, status: 0, message: ""))
        #expect(fixture.statusLine == "removed \(kind) \(name)")
    }

    @Test func `the cursor stays on what it is on while others come and go`() throws {
        var fixture = Fixture()
        fixture.press(.character("V"))
        try fixture.click(" uploads ")
        let uploads = VolumeReading(name: "uploads", isAnonymous: false, size: 0, users: [], created: nil)
        fixture.feed(.listed(.volumes([uploads])))
        fixture.press(.character("d"))
        #expect(fixture.screen.contains("Remove volume uploads?"))
    }

    @Test func `one page leads to the other, and Esc from each to the list`() {
        var fixture = Fixture()
        for key in "IVNIV" { fixture.press(.character(key)) }
        #expect(fixture.lines[0].hasPrefix(" Volumes "))
        fixture.press(.escape)
        #expect(fixture.lines[0].hasPrefix(" boxtop "))
    }

    @Test func `each page says in its footer how the others are reached, and a click there goes`() throws {
        var fixture = Fixture()
        fixture.press(.character("I"))
        for (word, title) in [("V volumes", "Volumes"), ("N networks", "Networks"), ("I images", "Images")] {
            try fixture.clickFooter(word)
            #expect(fixture.lines[0].hasPrefix(" \(title) "))
        }
    }

    @Test(arguments: [
        ("V", Listing.volumes([]), "There are no volumes yet", "no volume is selected; : volume create NAME makes one"),
        ("N", .networks([]), "There are no networks yet", "no network is selected; : network create NAME makes one"),
    ])
    func `where there is none, that is said, and what makes one`(
        key: Character, none: Listing, page: String, refusal: String
    ) {
        var fixture = Fixture()
        fixture.press(.character(key))
        fixture.feed(.listed(none))
        #expect(fixture.screen.contains(page))
        fixture.press(.character("d"))
        #expect(fixture.statusLine == refusal)
        fixture.press(.down, .pageDown, .up)
    }

    @Test func `a long list is scrolled, and its last row is reached`() {
        var fixture = Fixture(rows: 12)
        fixture.press(.character("V"))
        let volumes = (0..<40).map {
            VolumeReading(name: "volume-\($0)", isAnonymous: false, size: 0, users: [], created: nil)
        }
        fixture.feed(.listed(.volumes(volumes)))
        fixture.press(.end)
        #expect(fixture.screen.contains(" volume-39 ") && !fixture.screen.contains(" volume-31 "))
        fixture.press(.pageUp, .home)
        #expect(fixture.screen.contains(" volume-0 "))
    }
}
